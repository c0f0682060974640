package scolarite

import (
	"context"
	"net/http"

	"intendant/internal/api"
	"intendant/internal/errs"
)

// tokenRoutes are the entries of "API Tokens".
func (s *Service) tokenRoutes() []api.Route {
	return []api.Route{
		api.Post("token_get", api.SignedIn, s.tokenGet, "/tokens").
			Doc("Renvoie un jeton jwt pour l'utilisateur courant.").
			Describe("Le nom et le mot de passe se donnent par HTTP Basic ; toute autre authentification est refusée (401). Le jeton, 32 caractères sans signification, vaut une heure. Un compte n'en a qu'un, rendu tel quel tant qu'il lui reste plus d'une minute."),
		api.Delete("token_delete", api.SignedIn, s.tokenDelete, "/tokens").Extension().
			Doc("Révoque le jeton de l'utilisateur courant.").
			Describe("Répond 204, sans corps, que l'utilisateur ait un jeton ou non."),
	}
}

// token is the answer to who asks for one.
type token struct {
	Token string `json:"token"`
}

// tokenGet gives the account of a Basic credential its token, see
// [identity.Service.OpaqueToken]. Any other credential is Unauthenticated: a
// token must not beget others, and a browser sends its cookie by itself.
func (s *Service) tokenGet(ctx context.Context, _ api.None) (token, error) {
	request := http.Request{Header: api.RequestFrom(ctx).Header}
	if _, _, isBasic := request.BasicAuth(); !isBasic {
		return token{}, errs.New(errs.Unauthenticated, "basic_required", "authentification HTTP Basic requise")
	}
	text, err := s.Identity.OpaqueToken(ctx, api.CallerFrom(ctx).AccountID())
	return token{text}, err
}

// tokenDelete ends the token of the caller, if there is one.
func (s *Service) tokenDelete(ctx context.Context, _ api.None) (api.NoContent, error) {
	return api.NoContent{}, s.Identity.EndOpaqueToken(ctx, api.CallerFrom(ctx).AccountID())
}
