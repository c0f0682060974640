package apidocs_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"intendant/internal/appliance"
	"intendant/internal/appliance/appliancetest"
	"intendant/internal/identity"
)

const password = "cheval-batterie-9"

// serve starts an appliance with an administrator called chef, and returns
// its address and a token of his.
func serve(t *testing.T) (url, token string) {
	t.Helper()
	a, err := appliance.Open(t.Context(), appliance.Config{Data: appliancetest.Folder(t)})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(a.Server())
	t.Cleanup(func() { srv.Close(); a.Close() })
	admin, err := a.Identity.RoleByName(t.Context(), identity.Admin)
	if err != nil {
		t.Fatal(err)
	}
	chef, err := a.Identity.CreateAccount(t.Context(), identity.NewAccount{
		UserName: "chef", LastName: "Chef", Email: "chef@example.com", Password: password, RoleUUID: admin.UUID,
	})
	if err != nil {
		t.Fatal(err)
	}
	token, err = a.Identity.IssueToken(t.Context(), chef.ID, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return srv.URL, token
}

// tab is a page of a real browser and what it complained of.
type tab struct {
	ctx  context.Context
	home string

	mu         sync.Mutex
	complaints []string
}

// open starts the browser; at the end of the test it must have complained of
// nothing and asked nothing of another host.
func open(t *testing.T, home string) *tab {
	t.Helper()
	alloc, cancel := chromedp.NewExecAllocator(
		t.Context(), append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox)...,
	)
	t.Cleanup(cancel)
	b := &tab{home: home}
	var stop context.CancelFunc
	b.ctx, stop = chromedp.NewContext(alloc, chromedp.WithListener(b.hear))
	t.Cleanup(stop)
	t.Cleanup(func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, c := range b.complaints {
			t.Error(c)
		}
	})
	b.do(t)
	return b
}

// hear notes errors of scripts, violations of the policy, failed and foreign
// requests.
func (b *tab) hear(event any) {
	complaint := ""
	switch ev := event.(type) {
	case *runtime.EventExceptionThrown:
		complaint = "exception: " + ev.ExceptionDetails.Text
		if e := ev.ExceptionDetails.Exception; e != nil {
			complaint += " " + e.Description
		}
	case *runtime.EventConsoleAPICalled:
		if ev.Type == runtime.ConsoleAPICalledTypeError {
			complaint = fmt.Sprintf("console %s", ev.Type)
			for _, arg := range ev.Args {
				complaint += " " + string(arg.Value) + arg.Description
			}
		}
	case *log.EventEntryAdded:
		if ev.Entry.Level == log.EntryLevelError || ev.Entry.Level == log.EntryLevelWarning {
			complaint = fmt.Sprintf("%s: %s %s", ev.Entry.Source, ev.Entry.Text, ev.Entry.URL)
		}
	case *network.EventRequestWillBeSent:
		if at := ev.Request.URL; !strings.HasPrefix(at, b.home+"/") && !strings.HasPrefix(at, "data:") {
			complaint = "asked for " + at
		}
	}
	if complaint != "" {
		b.mu.Lock()
		b.complaints = append(b.complaints, complaint)
		b.mu.Unlock()
	}
}

// patience is how long an element may take on a busy machine.
const patience = 3 * time.Minute

// do runs steps, and gives up on an element that never comes.
func (b *tab) do(t *testing.T, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	ctx := b.ctx
	if len(steps) > 0 {
		limited, cancel := context.WithTimeout(b.ctx, patience)
		defer cancel()
		ctx = limited
	}
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

// press clicks what a selector finds, wherever the answers that come in move it
// to.
func (b *tab) press(t *testing.T, at chromedp.CSS) {
	t.Helper()
	b.do(t, chromedp.WaitVisible(at))
	if _, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool]("(document.querySelector(`"+string(at)+"`).click(), true)")); err != nil {
		t.Fatal(err)
	}
}

// closeDialog closes the dialog of the credentials.
func (b *tab) closeDialog(t *testing.T) {
	t.Helper()
	b.press(t, closeIt)
	b.do(t, chromedp.WaitNotPresent(dialog))
}

func text(t *testing.T, b *tab, at chromedp.CSS) string {
	t.Helper()
	s, err := chromedp.Run(b.ctx, chromedp.TextContent(at))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const (
	authorize = chromedp.CSS(".auth-wrapper .btn.authorize")
	dialog    = chromedp.CSS(".dialog-ux .modal-ux")
	closeIt   = chromedp.CSS(".dialog-ux .btn-done")
	listUsers = "#operations-users-get_users_users_list_get "
)

// TestPageWorks signs in with the password form, then with a token, and calls
// an operation with each.
func TestPageWorks(t *testing.T) {
	home, token := serve(t)
	b := open(t, home)
	b.do(t, chromedp.Navigate(home+"/docs"), chromedp.WaitVisible(chromedp.CSS(listUsers)))
	if title := text(t, b, "head title"); title != "Parc · Documentation de l'API" {
		t.Errorf("title %q", title)
	}

	b.press(t, authorize)
	b.do(t,
		chromedp.WaitVisible(dialog),
		chromedp.SendKeys(chromedp.CSS("#oauth_username"), "chef"),
		chromedp.SendKeys(chromedp.CSS("#oauth_password"), password),
	)
	b.press(t, ".auth-container:has(#oauth_password) button.authorize")
	b.do(t, chromedp.WaitNotPresent(chromedp.CSS("#oauth_password")))
	b.closeDialog(t)
	b.press(t, listUsers+".opblock-summary-control")
	execute(t, b)

	// After a reload the operation is still open and the sign-in still good.
	b.do(t, chromedp.Reload(), chromedp.WaitVisible(chromedp.CSS(listUsers+".try-out__btn")))
	b.press(t, authorize)
	b.do(t, chromedp.WaitVisible(dialog))
	b.press(t, `.modal-ux button[aria-label="Remove authorization"]`)
	b.do(t, chromedp.WaitVisible(chromedp.CSS("#oauth_password")), chromedp.SendKeys(chromedp.CSS("#auth-bearer-value"), token))
	b.press(t, "form:has(#auth-bearer-value) button.authorize")
	b.do(t, chromedp.WaitNotPresent(chromedp.CSS("#auth-bearer-value")))
	b.closeDialog(t)
	execute(t, b)
}

// execute tries the open operation out and expects its answer.
func execute(t *testing.T, b *tab) {
	t.Helper()
	b.press(t, listUsers+".try-out__btn")
	b.press(t, listUsers+"button.execute")
	b.do(t, chromedp.WaitVisible(chromedp.CSS(listUsers+".live-responses-table .response-col_status")))
	answer := text(t, b, listUsers+".live-responses-table tbody")
	if !strings.Contains(answer, "200") || !strings.Contains(answer, "chef@example.com") {
		t.Errorf("answer: %s", answer)
	}
}

// TestReturnPage hands an authorization code to the page that waits for it.
func TestReturnPage(t *testing.T) {
	home, _ := serve(t)
	b := open(t, home)
	b.do(t, chromedp.Navigate(home+"/docs"), chromedp.WaitVisible(chromedp.CSS(listUsers)))
	_, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](`
		window.swaggerUIRedirectOauth2 = {
			auth: {name: "essai", schema: new Map([["flow", "authorizationCode"]])}, state: "ours", redirectUrl: "/docs/oauth2-redirect",
			callback: (got) => { document.title = "code " + got.auth.code; },
			errCb: (got) => { document.title = "error " + got.message; },
		};
		window.open("/docs/oauth2-redirect?state=ours&code=c0de") !== null
	`, func(p *runtime.EvaluateParams) { p.UserGesture = new(true) }))
	if err != nil {
		t.Fatal(err)
	}
	b.do(t, chromedp.WaitReady(chromedp.Search(`//title[text()="code c0de"]`)))
}
