package web

import (
	"context"
	"fmt"
	"iter"
	"math"
	"slices"
	"strconv"
	"time"

	"intendant/internal/api"
	"intendant/internal/errs"
	"intendant/internal/identity"
	"intendant/internal/mail"
	"intendant/internal/projets"
	"intendant/internal/tableur"
)

const outboxPath = "/admin/outbox"

// outboxRoutes are the entries of the outbox.
func (a *Admin) outboxRoutes() []api.Route {
	const one = outboxPath + "/{id}"
	return api.Family(
		"boîte d'envoi",
		api.Get("outbox_page", projets.Admin, a.outboxPage, outboxPath).Doc("Messages envoyés et à envoyer."),
		api.Get("outbox_export", projets.Admin, a.exportOutbox, outboxPath+"/export").Doc("Messages en CSV ou XLSX, sans leur texte."),
		api.Get("outbox_retry_failed_page", projets.Admin, a.askRetryFailed, outboxPath+"/retry").Doc("Demande s'il faut renvoyer les messages échoués."),
		api.Post("outbox_retry_failed", projets.Admin, a.retryFailed, outboxPath+"/retry").Doc("Remet en envoi les messages échoués."),
		api.Get("message_page", projets.Admin, a.messagePage, one).Doc("Un message et ses essais."),
		api.Get("message_body", projets.Admin, a.messageBody, one+"/body").Elevated().Doc("Texte d'un message, avec le lien qu'il contient."),
		api.Get("message_retry_page", projets.Admin, a.askMessage("outbox.retry"), one+"/retry").Doc("Demande s'il faut renvoyer un message."),
		api.Post("message_retry", projets.Admin, a.retryMessage, one+"/retry").Doc("Remet un message en envoi."),
		api.Get("message_cancel_page", projets.Admin, a.askMessage("outbox.cancel"), one+"/cancel").Doc("Demande s'il faut annuler un message."),
		api.Post("message_cancel", projets.Admin, a.cancelMessage, one+"/cancel").Doc("Annule un message."),
	)
}

// outboxStates are the states of messages in the order they are shown.
var outboxStates = []mail.State{mail.Waiting, mail.Held, mail.Failed, mail.Sent, mail.Cancelled}

type outboxFilters struct {
	listQuery
	State string `query:"state" default:""`
}

// stateCount is how many messages are in a state.
type stateCount struct {
	State mail.State
	N     int64
}

// outboxData is the list of messages.
type outboxData struct {
	List    listing
	Items   []mail.Item
	Filters form
	States  []choice
	Counts  []stateCount
	Failed  int64
	// Server is who takes our mail, "" for nobody; Outage says that it could
	// not be used, and OutageError why.
	Server, Outage, OutageError string
}

func (a *Admin) outboxPage(ctx context.Context, in outboxFilters) (api.Result, error) {
	items, total, err := a.Mail.Outbox(ctx, mail.Filter{State: mail.State(in.State), Text: in.Text, Limit: pageSize, Offset: in.offset()})
	if err != nil {
		return nil, err
	}
	counts, err := a.Mail.Counts(ctx)
	if err != nil {
		return nil, err
	}
	page := outboxData{
		List: newListing(ctx, in.listQuery, "", false, total), Items: items, Filters: formWith("state", in.State),
		States: []choice{{"", text(ctx, "list.all")}}, Failed: counts[mail.Failed], Server: a.Mail.Server.Host,
	}
	for _, state := range outboxStates {
		page.States = append(page.States, choice{string(state), stateText(ctx, state)})
		page.Counts = append(page.Counts, stateCount{state, counts[state]})
	}
	if o, ok := a.Mail.Outage(); ok {
		page.Outage, page.OutageError = text(ctx, "outbox.outage", page.Server, a.clock(ctx, o.Since), a.clock(ctx, o.Until)), o.Error
	}
	return a.show(ctx, "outbox/list", page)
}

func stateText(ctx context.Context, state mail.State) string {
	return text(ctx, fmt.Sprintf("outbox.state_%s", state))
}

type outboxExport struct {
	outboxFilters
	exportQuery
}

func (a *Admin) exportOutbox(ctx context.Context, in outboxExport) (api.Result, error) {
	items, _, err := a.Mail.Outbox(ctx, mail.Filter{State: mail.State(in.State), Text: in.Text, Limit: math.MaxInt64})
	if err != nil {
		return nil, err
	}
	header := []string{
		"outbox.id", "outbox.recipient", "outbox.subject", "outbox.state", "outbox.created", "outbox.attempts", "outbox.next_try",
		"outbox.sent_at", "outbox.last_error",
	}
	return export(ctx, in.Format, text(ctx, "outbox.file"), header, a.outboxRows(ctx, items))
}

func (a *Admin) outboxRows(ctx context.Context, items []mail.Item) iter.Seq[[]tableur.Cell] {
	return func(yield func([]tableur.Cell) bool) {
		for _, m := range items {
			var next tableur.Cell
			if m.State == mail.Waiting {
				next = m.NextTryAt.In(a.Location)
			}
			row := []tableur.Cell{
				m.ID, m.Recipient, m.Subject, stateText(ctx, m.State), m.CreatedAt.In(a.Location), m.Attempts, next, a.cellOf(m.SentAt), m.LastError,
			}
			if !yield(row) {
				return
			}
		}
	}
}

// cellOf returns an instant by the site's clocks, an empty cell for none.
func (a *Admin) cellOf(t time.Time) tableur.Cell {
	if t.IsZero() {
		return nil
	}
	return t.In(a.Location)
}

type messageRef struct {
	ID projets.Number `path:"id"`
}

func messagePath(id int64) string { return outboxPath + "/" + strconv.FormatInt(id, 10) }

// messageData is one message and what became of it.
type messageData struct {
	Item     mail.Item
	Attempts []mail.Attempt
	Template mail.Template    // the zero value when it is deleted
	Account  identity.Account // the zero value for nobody's message
	// CanReveal says that the reader's rights reach the account.
	CanReveal bool
	// HasServer says that there is somebody to send it to.
	HasServer bool
}

// CanRetry reports whether sending it again means something.
func (m messageData) CanRetry() bool {
	return m.HasServer && m.Item.State != mail.Sent || m.Item.State == mail.Failed || m.Item.State == mail.Cancelled
}

// CanCancel reports whether it may still be kept from being sent.
func (m messageData) CanCancel() bool {
	return slices.Contains([]mail.State{mail.Waiting, mail.Held, mail.Failed}, m.Item.State)
}

func (a *Admin) messagePage(ctx context.Context, in messageRef) (api.Result, error) {
	page := messageData{HasServer: a.Mail.Server.IsSet()}
	var err error
	if page.Item, page.Attempts, err = a.Mail.Message(ctx, int64(in.ID)); err != nil {
		return nil, err
	}
	if page.CanReveal, err = a.mayReveal(ctx, page.Item); err != nil {
		return nil, err
	}
	if page.Item.TemplateID != 0 {
		if page.Template, err = a.Mail.Template(ctx, page.Item.TemplateID); err != nil && !errs.Is(err, errs.NotFound) {
			return nil, err
		}
	}
	if page.Item.AccountID != 0 {
		if page.Account, err = a.Identity.Account(ctx, page.Item.AccountID); err != nil && !errs.Is(err, errs.NotFound) {
			return nil, err
		}
	}
	return a.show(ctx, "outbox/detail", page)
}

// mayReveal reports whether the reader may see the text of a message. It may
// hold a link that gives its account another password: who could not change
// that one himself must not find it here.
func (a *Admin) mayReveal(ctx context.Context, item mail.Item) (bool, error) {
	if item.AccountID == 0 {
		return true, nil
	}
	return a.Identity.MayChange(ctx, item.AccountID)
}

// messageText is the one page that shows the text of a message.
type messageText struct {
	Item mail.Item
	Body string
}

func (a *Admin) messageBody(ctx context.Context, in messageRef) (api.Result, error) {
	item, _, err := a.Mail.Message(ctx, int64(in.ID))
	if err != nil {
		return nil, err
	}
	may, err := a.mayReveal(ctx, item)
	if err != nil {
		return nil, err
	}
	if !may {
		return nil, errs.New(errs.Forbidden, "message_above", "Not enough permissions")
	}
	body, err := a.Mail.Reveal(ctx, item.ID)
	if err != nil {
		return nil, err
	}
	return a.show(ctx, "outbox/body", messageText{item, body})
}

// askMessage asks before something is done with a message; key is the
// beginning of its texts.
func (a *Admin) askMessage(key string) func(context.Context, messageRef) (api.Result, error) {
	return func(ctx context.Context, in messageRef) (api.Result, error) {
		item, _, err := a.Mail.Message(ctx, int64(in.ID))
		if err != nil {
			return nil, err
		}
		return a.askAboutMessage(ctx, item, key, nil)
	}
}

func (a *Admin) askAboutMessage(ctx context.Context, item mail.Item, key string, err error) (api.Result, error) {
	return a.ask(ctx, question{
		Section: text(ctx, "outbox.title"), SectionPath: outboxPath, Name: item.Subject, Back: messagePath(item.ID),
		Title: text(ctx, key+"_title"), Text: text(ctx, key+"_text", item.Subject, item.Recipient), Submit: text(ctx, key),
		IsDanger: key == "outbox.cancel",
	}, err)
}

func (a *Admin) retryMessage(ctx context.Context, in messageRef) (api.Result, error) {
	return a.actOnMessage(ctx, in, "outbox.retry", a.Mail.Retry)
}

func (a *Admin) cancelMessage(ctx context.Context, in messageRef) (api.Result, error) {
	return a.actOnMessage(ctx, in, "outbox.cancel", a.Mail.Cancel)
}

// actOnMessage does something with a message and says so, or asks again with
// the reason why not.
func (a *Admin) actOnMessage(ctx context.Context, in messageRef, key string, do func(context.Context, int64) error) (api.Result, error) {
	item, _, err := a.Mail.Message(ctx, int64(in.ID))
	if err != nil {
		return nil, err
	}
	if err := do(ctx, item.ID); err != nil {
		return a.askAboutMessage(ctx, item, key, err)
	}
	return a.done(ctx, messagePath(item.ID), key+"_done", item.Recipient)
}

func (a *Admin) askRetryFailed(ctx context.Context, _ api.None) (api.Result, error) {
	counts, err := a.Mail.Counts(ctx)
	if err != nil {
		return nil, err
	}
	return a.ask(ctx, question{
		Section: text(ctx, "outbox.title"), SectionPath: outboxPath, Back: outboxPath, Title: text(ctx, "outbox.retry_failed_title"),
		Text: language(ctx).Count("outbox.retry_failed_text", counts[mail.Failed]), Submit: text(ctx, "outbox.retry_failed"),
	}, nil)
}

func (a *Admin) retryFailed(ctx context.Context, _ api.None) (api.Result, error) {
	n, err := a.Mail.RetryFailed(ctx)
	if err != nil {
		return nil, err
	}
	a.Identity.SetNotice(ctx, language(ctx).Count("outbox.retry_failed_done", n))
	return api.Redirect{To: outboxPath}, nil
}
