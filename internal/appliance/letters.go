package appliance

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"strings"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
	"intendant/internal/identity"
	"intendant/internal/mail"
)

// publicURL returns the address people reach the server at, without a final
// slash: the one it was told, else the one the request of ctx used, else
// [Appliance.ownURL].
func (a *Appliance) publicURL(ctx context.Context) string {
	if r := api.RequestFrom(ctx); a.Running.PublicURL == "" && r.Host != "" {
		return r.PublicURL()
	}
	return a.ownURL(ctx)
}

// ownURL is publicURL for what anybody may ask for: a request names any host it
// likes, so that the link mailed to its victim would lead to whoever sent it.
// The address it came in by stands for it, or the one we listen on.
func (a *Appliance) ownURL(ctx context.Context) string {
	if a.Running.PublicURL != "" {
		return strings.TrimRight(a.Running.PublicURL, "/")
	}
	host := a.Running.Listen
	if local, ok := ctx.Value(http.LocalAddrContextKey).(net.Addr); ok {
		host = local.String()
	}
	return (&api.Request{Host: host, IsTLS: api.RequestFrom(ctx).IsTLS}).PublicURL()
}

// passwordPath is the page of web where a person with a one-time secret chooses
// a password.
func passwordPath(secret string) string { return "/password?" + url.Values{"code": {secret}}.Encode() }

// passwordLink returns the address of that page; without a secret, that of the
// sign-in page.
func (a *Appliance) passwordLink(ctx context.Context, secret string) string {
	if secret == "" {
		return a.publicURL(ctx) + "/login"
	}
	return a.publicURL(ctx) + passwordPath(secret)
}

// letters writes to people about their accounts. An address that no letter can
// be sent to leaves it unwritten: what it would have told is done all the
// same.
type letters struct{ *Appliance }

// PasswordForgotten implements identity.Letters.
func (l letters) PasswordForgotten(ctx context.Context, q *db.Queries, to identity.Account, secret string) error {
	return l.queue(ctx, q, mail.PasswordForgotten, to, l.ownURL(ctx)+passwordPath(secret))
}

// PasswordChanged implements identity.Letters.
func (l letters) PasswordChanged(ctx context.Context, q *db.Queries, to identity.Account) error {
	return l.queue(ctx, q, mail.PasswordChanged, to, "")
}

func (l letters) queue(ctx context.Context, q *db.Queries, template int64, to identity.Account, link string) error {
	_, err := l.Mail.Queue(ctx, q, mail.Message{
		TemplateID: template, AccountID: to.ID, To: to.Email,
		Values: mail.Values{Username: to.UserName, FirstName: to.FirstName, Link: link},
	})
	if errs.Is(err, errs.Invalid) {
		l.Logger.Warn("no mail can be sent to an account", "account", to.UserName, "error", err)
		return nil
	}
	return err
}
