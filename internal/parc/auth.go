package parc

import (
	"context"

	"intendant/internal/api"
	"intendant/internal/errs"
	"intendant/internal/identity"
)

// authRoutes are the token endpoints, which the document's page does not show.
func (s *Service) authRoutes() []api.Route {
	return api.Family(
		"auth",
		api.Post("login", api.Public, s.login, "/auth/login").Doc("Login").Extension().
			Describe("Échange le nom d'utilisateur, le matricule ou l'e-mail d'un compte et son mot de passe contre un jeton d'accès et un jeton de renouvellement."),
		api.Post("refresh", api.Public, s.refresh, "/auth/refresh").Doc("Refresh").Extension().
			Describe("Échange le jeton de renouvellement, envoyé dans le corps ou comme jeton porteur, contre une nouvelle paire. Il ne sert qu'une fois : présenté de nouveau, il met fin à tous les jetons de la même connexion."),
		api.Post("logout", api.SignedIn, s.logout, "/auth/logout").Doc("Logout").Extension().
			Describe("Met fin au jeton d'accès et à tous ceux de la même connexion."),
	)
}

// loginForm is FastAPI's OAuth2PasswordRequestForm.
type loginForm struct {
	GrantType    api.Opt[string] `form:"grant_type" pattern:"^password$"`
	Username     string          `form:"username"`
	Password     string          `form:"password"`
	Scope        api.Opt[string] `form:"scope"`
	ClientID     api.Opt[string] `form:"client_id"`
	ClientSecret api.Opt[string] `form:"client_secret"`
}

// Tokens is what login and refresh answer.
type Tokens struct {
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token"`
	TokenType    string `json:"token_type"`
}

func tokens(p identity.Pair) Tokens {
	return Tokens{AccessToken: p.Access, RefreshToken: p.Refresh, TokenType: "bearer"}
}

func (s *Service) login(ctx context.Context, in loginForm) (Tokens, error) {
	pair, err := s.identity.Login(ctx, in.Username, in.Password)
	return tokens(pair), err
}

type refreshBody struct {
	RefreshToken api.Opt[string] `json:"refresh_token" body_optional:"true"`
}

// refresh takes the refresh token from the body, or as the bearer.
func (s *Service) refresh(ctx context.Context, in refreshBody) (Tokens, error) {
	token, ok := in.RefreshToken.Get()
	if !ok {
		token, ok = api.BearerOf(api.RequestFrom(ctx).Header)
	}
	if !ok {
		return Tokens{}, errs.New(errs.Unauthenticated, "not_authenticated", "Not authenticated")
	}
	pair, err := s.identity.Refresh(ctx, token)
	return tokens(pair), err
}

func (s *Service) logout(ctx context.Context, _ api.None) (api.NoContent, error) {
	return api.NoContent{}, s.identity.Logout(ctx)
}
