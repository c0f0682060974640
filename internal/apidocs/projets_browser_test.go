package apidocs_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"intendant/web/webtest"
)

// TestPageOfProjetsWorks signs in with HTTP Basic and tries out a list, a
// creation in JSON and one in XML, a period, and a GET that acts, which only an
// Authorization header may send.
func TestPageOfProjetsWorks(t *testing.T) {
	home, _ := serve(t)
	b := open(t, home)
	b.do(t, chromedp.Navigate(home+"/projets/docs"), chromedp.WaitVisible(chromedp.CSS("#operations-owners-index_owners_get")))
	if title := text(t, b, "head title"); title != "Projets · Documentation de l'API" {
		t.Errorf("title %q", title)
	}
	b.press(t, authorize)
	b.do(t,
		chromedp.WaitVisible(dialog),
		chromedp.SendKeys(chromedp.CSS("#auth-basic-username"), "chef"),
		chromedp.SendKeys(chromedp.CSS("#auth-basic-password"), password),
	)
	b.press(t, "form:has(#auth-basic-password) button.authorize")
	b.do(t, chromedp.WaitNotPresent(chromedp.CSS("#auth-basic-password")))
	b.closeDialog(t)
	for _, try := range []struct {
		name, operation, contentType, body string
		fields                             map[string]string // of the parameters, by name
		want                               []string
	}{
		{"an owner in JSON", "owners-create_owners_post", "application/json", `{"owner":{"name":"Régie"}}`, nil, []string{"201", "/owners/1", "Régie", "billing_address"}},
		{"an owner in XML", "owners-create_owners_post", "application/xml", `<owner><name>Syndic</name></owner>`, nil, []string{"201", "/owners/2", "Syndic"}},
		{"owners", "owners-index_owners_get", "", "", nil, []string{"200", "Régie", "Syndic"}},
		{"logins", "node-logins_node_logins_get", "", "", map[string]string{"from_date": "2025-01-01"}, []string{"200", "[]"}},
		{"an act", "database-kickall_database__dbname__kickall_get", "", "", map[string]string{"dbname": "dev-template"}, []string{"200", "dev-template"}},
	} {
		t.Run(try.name, func(t *testing.T) {
			at := "#operations-" + try.operation + " "
			if !b.has(t, at+".opblock-body") {
				b.press(t, chromedp.CSS(at+".opblock-summary-control"))
				b.press(t, chromedp.CSS(at+".try-out__btn:not(.cancel)"))
			}
			if try.body != "" {
				b.fill(t, at+"select.content-type", try.contentType)
				b.fill(t, at+"textarea.body-param__text", try.body)
			}
			for name, value := range try.fields {
				b.do(t, chromedp.SendKeys(chromedp.CSS(at+`tr[data-param-name="`+name+`"] input[type=text]`), value+"\t"))
			}
			b.press(t, chromedp.CSS(at+"button.execute"))
			for _, value := range try.fields {
				b.answers(t, at+".request-url", value)
			}
			b.answers(t, at+".live-responses-table", try.want...)
		})
	}
}

// has reports whether the page has what a selector finds, at this moment.
func (b *tab) has(t *testing.T, selector string) bool {
	t.Helper()
	found, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool]("!!document.querySelector(`"+selector+"`)"))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// answers waits until the part of the page holds every text: those of an
// earlier request may still stand there.
func (b *tab) answers(t *testing.T, part string, texts ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	for {
		answer, err := chromedp.Run(ctx, chromedp.Evaluate[string]("document.querySelector(`"+part+"`)?.textContent ?? ''"))
		if err != nil {
			t.Fatalf("the answer never held %q: %v", texts, err)
		}
		if !slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(answer, text) }) {
			return
		}
		if err := chromedp.Do(ctx, chromedp.Sleep(50*time.Millisecond)); err != nil {
			t.Fatalf("the answer is %q, want %q: %v", answer, texts, err)
		}
	}
}

// fill gives a field of the page a value and tells its script so, which does
// not hear of what is set from outside.
func (b *tab) fill(t *testing.T, selector, value string) {
	t.Helper()
	b.do(t, chromedp.WaitVisible(chromedp.CSS(selector)))
	script := "(() => { const f = document.querySelector(`" + selector + "`); " +
		"Object.getOwnPropertyDescriptor(Object.getPrototypeOf(f), 'value').set.call(f, `" + value + "`); " +
		"f.dispatchEvent(new Event(f.tagName === 'SELECT' ? 'change' : 'input', { bubbles: true })); return f.value })()"
	got, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](script))
	if err != nil || got != value {
		t.Fatalf("%q in %s: %v", got, selector, err)
	}
}

// TestPageOfProjetsLooksRight keeps what people see, at a desk and on a phone.
func TestPageOfProjetsLooksRight(t *testing.T) {
	home, _ := serve(t)
	tab := webtest.Open(t, home)
	tab.Go("/projets/docs")
	tab.WaitFor(".opblock-tag")
	tab.Shows("Intendant · projets", "Liste les propriétaires.", "HTTP Basic")
	tab.Picture("docs-projets")
	tab.Phone()
	tab.Go("/projets/docs")
	tab.WaitFor(".opblock-tag")
	tab.Picture("phone-docs-projets")
}
