// Package webtest drives a real Chromium through the pages, for the tests.
//
// Every error of the console, every refusal of the Content-Security-Policy and
// every answer of 500 fails the test. Screenshots are kept in the folder
// artifacts of the module.
package webtest

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// patience bounds a whole test: a page that never comes must not hang it.
const patience = 3 * time.Minute

// Width and Height are the window of a desk, PhoneWidth and PhoneHeight that
// of a phone, in CSS pixels.
const (
	Width, Height           = 1280, 900
	PhoneWidth, PhoneHeight = 390, 844
)

// Tab is a tab of a browser of its own, on the pages of one server.
type Tab struct {
	t    *testing.T
	ctx  context.Context
	base string
	done chan struct{}
}

// Open starts a browser for the server at base ("http://127.0.0.1:8000"). It
// ends with the test.
func Open(t *testing.T, base string) *Tab {
	t.Helper()
	program := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			program = path
			break
		}
	}
	if program == "" {
		t.Fatal("no Chromium: run make prerequisites")
	}
	limited, stop := context.WithTimeout(context.Background(), patience)
	ctx, cancel := chromedp.NewContext(limited, chromedp.WithAllocatorOptions(
		chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.WindowSize(Width, Height),
		chromedp.Flag("lang", "fr"), chromedp.Flag("accept-lang", "fr"), chromedp.Flag("disable-background-networking", true),
	))
	tab := &Tab{t: t, ctx: ctx, base: base, done: make(chan struct{})}
	tab.do(chromedp.EmulateViewport(Width, Height))
	tab.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{
			Headers: network.Headers{"Accept-Language": "fr"},
		})
		return err
	}))
	console := chromedp.Console(ctx)
	go func() {
		defer close(tab.done)
		for m, err := range console {
			if err != nil {
				return
			}
			if m.Type == chromedp.ConsoleError || m.Type == chromedp.ConsoleException || m.Type == chromedp.ConsoleWarning {
				if !isExpected(m) {
					t.Errorf("console: %s", m)
				}
			}
		}
	}()
	t.Cleanup(func() {
		cancel()
		stop()
		<-tab.done
	})
	return tab
}

// isExpected knows the one message that is no fault: Chromium notes each
// answer of 4xx, which the forms give on purpose.
func isExpected(m chromedp.ConsoleMessage) bool {
	return strings.Contains(m.Text, "status of 422") || strings.Contains(m.Text, "status of 404") || strings.Contains(m.Text, "status of 401") || strings.Contains(m.Text, "status of 403")
}

func (tab *Tab) do(steps ...chromedp.Action[chromedp.Void]) {
	tab.t.Helper()
	if err := chromedp.Do(tab.ctx, steps...); err != nil {
		tab.fail(err)
	}
}

// fail ends the test with a picture of what the browser showed.
func (tab *Tab) fail(err error) {
	tab.t.Helper()
	if picture, e := chromedp.Run(tab.ctx, chromedp.FullScreenshot(100)); e == nil {
		tab.keep("failure-"+strings.ReplaceAll(tab.t.Name(), "/", "-"), picture)
	}
	where, _ := chromedp.Run(tab.ctx, chromedp.Location())
	tab.t.Fatalf("at %s: %v", where, err)
}

// Go opens a page; any status but 200 fails the test.
func (tab *Tab) Go(path string) {
	tab.t.Helper()
	response, err := chromedp.RunResponse(tab.ctx, chromedp.Navigate(tab.base+path))
	tab.check(response, err, 200)
}

func (tab *Tab) check(response *network.Response, err error, status int64) {
	tab.t.Helper()
	if err != nil {
		tab.fail(err)
	}
	if got := int64(response.Status); got != status {
		tab.fail(fmt.Errorf("%s answered %d, want %d", response.URL, got, status))
	}
}

// Click clicks what a CSS selector finds and waits for the page it leads to.
func (tab *Tab) Click(selector string) {
	tab.t.Helper()
	tab.ClickFor(selector, 200)
}

// ClickFor is Click for a page that answers with another status.
func (tab *Tab) ClickFor(selector string, status int64) {
	tab.t.Helper()
	response, err := chromedp.RunResponse(tab.ctx, chromedp.Click(chromedp.CSS(selector)))
	tab.check(response, err, status)
}

// Press clicks without waiting for another page.
func (tab *Tab) Press(selector string) {
	tab.t.Helper()
	tab.do(chromedp.Click(chromedp.CSS(selector)))
}

// Type replaces the text of the field of a name.
func (tab *Tab) Type(name, text string) {
	tab.t.Helper()
	selector := `[name="` + name + `"]:not([type=hidden])`
	tab.do(chromedp.WaitVisible(chromedp.CSS(selector)))
	tab.Value(`(() => { document.querySelector(` + quoted(selector) + `).value = ""; return "" })()`)
	tab.do(chromedp.SendKeys(chromedp.CSS(selector), text))
}

// Choose takes an option of a select by its text.
func (tab *Tab) Choose(name, label string) {
	tab.t.Helper()
	script := `(() => { const s = document.querySelector('select[name="` + name + `"]');
	  const o = [...s.options].find((o) => o.text.includes(` + quoted(label) + `)); if (!o) return false; s.value = o.value; return true })()`
	found, err := chromedp.Run(tab.ctx, chromedp.Evaluate[bool](script))
	if err == nil && !found {
		err = fmt.Errorf("%s has no option %q", name, label)
	}
	if err != nil {
		tab.fail(err)
	}
}

// Upload chooses a file for the field of a name.
func (tab *Tab) Upload(name, path string) {
	tab.t.Helper()
	tab.do(chromedp.SetUploadFiles(chromedp.CSS(`[name="`+name+`"]`), []string{path}))
}

// Text returns the text of the page.
func (tab *Tab) Text() string {
	tab.t.Helper()
	text, err := chromedp.Run(tab.ctx, chromedp.Evaluate[string](`document.body.innerText`))
	if err != nil {
		tab.fail(err)
	}
	return text
}

// Shows fails the test unless the page shows every text.
func (tab *Tab) Shows(texts ...string) {
	tab.t.Helper()
	page := tab.Text()
	for _, text := range texts {
		if !strings.Contains(page, text) {
			tab.fail(fmt.Errorf("the page does not show %q:\n%s", text, page))
		}
	}
}

// WaitFor waits until a CSS selector finds something that is visible.
func (tab *Tab) WaitFor(selector string) {
	tab.t.Helper()
	tab.do(chromedp.WaitVisible(chromedp.CSS(selector)))
}

// WaitText waits until the page shows a text, through as many pages as it
// takes.
func (tab *Tab) WaitText(text string) {
	tab.t.Helper()
	for {
		page, err := chromedp.Run(tab.ctx, chromedp.Evaluate[string](`document.body ? document.body.innerText : ""`))
		if err == nil && strings.Contains(page, text) {
			return
		}
		if tab.ctx.Err() != nil {
			tab.t.Fatalf("the page never showed %q: %v", text, err)
		}
		tab.do(chromedp.Sleep(50 * time.Millisecond))
	}
}

// Value returns what a script in the page gives.
func (tab *Tab) Value(script string) string {
	tab.t.Helper()
	value, err := chromedp.Run(tab.ctx, chromedp.Evaluate[string](script))
	if err != nil {
		tab.fail(err)
	}
	return value
}

// Dark shows pages as a reader who asks for dark colours sees them.
func (tab *Tab) Dark() {
	tab.t.Helper()
	tab.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}},
		})
		return err
	}))
}

// Phone gives the window the width of a phone; Desk gives it back.
func (tab *Tab) Phone() {
	tab.t.Helper()
	tab.do(chromedp.EmulateViewport(PhoneWidth, PhoneHeight, chromedp.EmulateMobile))
}

// Desk gives the window the width of a desk.
func (tab *Tab) Desk() {
	tab.t.Helper()
	tab.do(chromedp.EmulateViewport(Width, Height))
}

// PaperWidth is the width of a sheet of A4 between its margins, in CSS pixels.
const PaperWidth = 718

// Paper shows pages as they are printed; Desk does not undo it.
func (tab *Tab) Paper() {
	tab.t.Helper()
	tab.do(chromedp.EmulateViewport(PaperWidth, Height), chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
		return err
	}))
}

// Key presses keys, kb.Tab for one, on what has the focus.
func (tab *Tab) Key(keys string) {
	tab.t.Helper()
	tab.do(chromedp.KeyEvent(keys))
}

// Enter presses the key of that name and waits for the page it leads to.
func (tab *Tab) Enter() {
	tab.t.Helper()
	response, err := chromedp.RunResponse(tab.ctx, chromedp.KeyEvent(kb.Enter))
	tab.check(response, err, 200)
}

// TabTo presses the tabulator until what a CSS selector finds has the focus.
func (tab *Tab) TabTo(selector string) {
	tab.t.Helper()
	for range 200 {
		tab.Key(kb.Tab)
		if tab.Value(`String(document.activeElement.matches(`+quoted(selector)+`))`) == "true" {
			return
		}
	}
	tab.fail(fmt.Errorf("the tabulator never comes to %s", selector))
}

// FitsWidth fails the test if the page is wider than its window.
func (tab *Tab) FitsWidth() {
	tab.t.Helper()
	script := `(() => { const w = document.documentElement.clientWidth; if (document.documentElement.scrollWidth <= w) return "";
	  const wide = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > w + 1 && !e.closest(".table-wrap, pre, .map"));
	  return "wider than " + w + ": " + wide.slice(0, 5).map((e) => e.outerHTML.slice(0, 80)).join(" | ") })()`
	if wide := tab.Value(script); wide != "" {
		tab.fail(errors.New(wide))
	}
}

//go:embed legible.js
var legible string

// Legible notes every field without a label, every name used twice, and every
// text that is too faint.
func (tab *Tab) Legible() {
	tab.t.Helper()
	if faults := tab.Value(legible); faults != "" {
		where, _ := chromedp.Run(tab.ctx, chromedp.Location())
		tab.t.Errorf("at %s:\n%s", where, faults)
	}
}

// Picture keeps a screenshot of the whole page: "artifacts/name.png".
func (tab *Tab) Picture(name string) {
	tab.t.Helper()
	height, err := chromedp.Run(tab.ctx, chromedp.Evaluate[float64]("document.documentElement.scrollHeight"))
	if err != nil {
		tab.fail(err)
	}
	shot := chromedp.FullScreenshot(100)
	if height > maxPicture {
		shot = chromedp.CaptureScreenshot() // what the window shows
	}
	picture, err := chromedp.Run(tab.ctx, shot)
	if err != nil {
		tab.fail(err)
	}
	tab.keep(name, picture)
}

// maxPicture is the height of the longest page that the browser makes one
// picture of, in CSS pixels.
const maxPicture = 16000

func (tab *Tab) keep(name string, picture []byte) {
	tab.t.Helper()
	folder, err := artifacts()
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, name+".png"), picture, 0o644)
	}
	if err != nil {
		tab.t.Fatal(err)
	}
}

// artifacts returns the folder of the module where tests keep what people look
// at.
func artifacts() (string, error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			break
		}
		parent := filepath.Dir(folder)
		if parent == folder {
			return "", errors.New("no go.mod above")
		}
		folder = parent
	}
	folder = filepath.Join(folder, "artifacts")
	return folder, os.MkdirAll(folder, 0o755)
}

func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string always marshals
	}
	return string(b)
}
