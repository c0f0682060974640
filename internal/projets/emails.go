package projets

import (
	"context"

	"intendant/internal/api"
)

// emailRoutes are the entries of "/emails".
func (s *Service) emailRoutes() []api.Route {
	return api.Family(
		"emails",
		api.Get("index", Read, s.indexEmails, "/emails").Doc("Liste les modèles d'e-mail, dont l'id est un mail_type."),
	)
}

// Email is a template of e-mails.
type Email struct {
	Body    string `json:"body"`
	ID      int64  `json:"id"`
	Name    string `json:"name"`
	Subject string `json:"subject"`
}

// RailsRoot is the template's name in the contract.
func (Email) RailsRoot() string { return "email" }

func (s *Service) indexEmails(ctx context.Context, _ api.None) ([]Email, error) {
	templates, err := s.Mail.Templates(ctx)
	if err != nil {
		return nil, err
	}
	emails := make([]Email, len(templates))
	for i, t := range templates {
		emails[i] = Email{Body: t.Body, ID: t.ID, Name: t.Name, Subject: t.Subject}
	}
	return emails, nil
}
