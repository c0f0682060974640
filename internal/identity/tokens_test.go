package identity

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"intendant/internal/api"
	"intendant/internal/errs"
)

type claim struct {
	Name  string
	Value any
}

// part decodes one part of a token, in the order of its text.
func part(t *testing.T, token string, n int) []claim {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("token %q has %d parts, want 3", token, len(parts))
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[n])
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.UseNumber()
	next := func() json.Token {
		tok, err := d.Token()
		if err != nil {
			t.Fatalf("%s: %v", raw, err)
		}
		return tok
	}
	next() // the opening brace
	var list []claim
	for d.More() {
		list = append(list, claim{next().(string), next()})
	}
	return list
}

func TestClaimsHaveTheOrderAndTypesOfParc(t *testing.T) {
	b := newBed(t)
	b.account("1st", "") // so that the matricule below is not the first
	a := b.account("ada", Admin)
	pair := b.pair(a)
	if diff := cmp.Diff([]claim{{"alg", "HS256"}, {"typ", "JWT"}}, part(t, pair.Access, 0)); diff != "" {
		t.Errorf("header (-want +got):\n%s", diff)
	}
	for _, c := range []struct {
		kind, token string
		exp         json.Number
	}{
		// 2026-03-02 10:00:00 UTC and 48 hours, or 7 days.
		{"access", pair.Access, "1772618400"},
		{"refresh", pair.Refresh, "1773050400"},
	} {
		got := part(t, c.token, 1)
		if len(got) != 8 {
			t.Fatalf("%s: claims %v, want 8", c.kind, got)
		}
		jti, _ := got[5].Value.(string)
		if _, err := uuid.Parse(jti); err != nil || len(jti) != 36 {
			t.Errorf("%s: jti %v, want a UUID", c.kind, got[5].Value)
		}
		want := []claim{
			{"sub", "100001"},
			{"email", "ada@example.com"},
			{"user_id", a.UUID},
			{"role_name", "admin"},
			{"role_id", b.role(Admin).UUID},
			{"jti", jti},
			{"token_type", c.kind},
			{"exp", c.exp},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: claims (-want +got):\n%s", c.kind, diff)
		}
	}
}

func TestAccessAndRefreshTokensAreNotInterchangeable(t *testing.T) {
	b := newBed(t)
	pair := b.pair(b.account("ada", Admin))
	if got := b.mustBearer(pair.Access).AccountName(); got != "ada" {
		t.Errorf("caller %q, want ada", got)
	}
	b.wantDead("a refresh token as a bearer", pair.Refresh)
	_, err := b.Refresh(t.Context(), pair.Access)
	wantCode(t, "refresh with an access token", err, errs.Unauthenticated, "bad_credentials")
	_, err = b.Refresh(t.Context(), "")
	wantCode(t, "refresh with nothing", err, errs.Unauthenticated, "bad_credentials")
}

func TestTokensExpire(t *testing.T) {
	b := newBed(t)
	pair := b.pair(b.account("ada", Admin))
	*b.clock = b.clock.Add(48*time.Hour - time.Second)
	b.mustBearer(pair.Access) // also puts it among the known ones
	*b.clock = b.clock.Add(time.Second)
	b.wantDead("after 48 hours", pair.Access)
	if _, err := b.Refresh(t.Context(), pair.Refresh); err != nil {
		t.Errorf("refresh after 48 hours: %v", err)
	}

	last := b.pair(b.account("bob", Admin))
	*b.clock = b.clock.Add(7 * 24 * time.Hour)
	_, err := b.Refresh(t.Context(), last.Refresh)
	wantCode(t, "refresh after 7 days", err, errs.Unauthenticated, "bad_credentials")
}

func TestRefreshRotates(t *testing.T) {
	b := newBed(t)
	first := b.pair(b.account("ada", Admin))
	second, err := b.Refresh(t.Context(), first.Refresh)
	if err != nil {
		t.Fatal(err)
	}
	if second.Refresh == first.Refresh || second.Access == first.Access {
		t.Error("Refresh gave back a token it was given")
	}
	b.mustBearer(second.Access)
	third, err := b.Refresh(t.Context(), second.Refresh)
	if err != nil {
		t.Fatal(err)
	}
	b.mustBearer(third.Access)
}

func TestAReusedRefreshTokenEndsItsFamilyAlone(t *testing.T) {
	b := newBed(t)
	ada := b.account("ada", Admin)
	first := b.pair(ada)
	apart, err := b.IssueToken(t.Context(), ada.ID, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	second, err := b.Refresh(t.Context(), first.Refresh)
	if err != nil {
		t.Fatal(err)
	}
	b.mustBearer(second.Access)
	actions := b.written(func() {
		_, err = b.Refresh(t.Context(), first.Refresh)
		wantCode(t, "the second use", err, errs.Unauthenticated, "bad_credentials")
	})
	if actions != "token.revoke" {
		t.Errorf("the journal has %q, want token.revoke", actions)
	}
	b.wantDead("the first access token", first.Access)
	b.wantDead("the second access token", second.Access)
	_, err = b.Refresh(t.Context(), second.Refresh)
	wantCode(t, "the second refresh token", err, errs.Unauthenticated, "bad_credentials")
	b.mustBearer(apart)
}

func TestLogoutEndsTheFamily(t *testing.T) {
	b := newBed(t)
	ada := b.account("ada", Admin)
	pair := b.pair(ada)
	apart, err := b.IssueToken(t.Context(), ada.ID, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	ctx := api.WithRequest(t.Context(), &api.Request{Caller: b.mustBearer(pair.Access)})
	actions := b.written(func() {
		if err := b.Logout(ctx); err != nil {
			t.Fatal(err)
		}
	})
	if actions != "token.revoke" {
		t.Errorf("the journal has %q, want token.revoke", actions)
	}
	if last := b.journal()[len(b.journal())-1]; last.Account != "ada" {
		t.Errorf("the journal names %q, want ada", last.Account)
	}
	b.wantDead("after logout", pair.Access)
	_, err = b.Refresh(t.Context(), pair.Refresh)
	wantCode(t, "refresh after logout", err, errs.Unauthenticated, "bad_credentials")
	b.mustBearer(apart)
}

func TestLogoutWithoutATokenDoesNothing(t *testing.T) {
	b := newBed(t)
	pair := b.pair(b.account("ada", Admin))
	c, err := b.basic("ada", goodPassword)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Logout(api.WithRequest(t.Context(), &api.Request{Caller: c})); err != nil {
		t.Errorf("Logout with Basic: %v", err)
	}
	if err := b.Logout(t.Context()); err != nil {
		t.Errorf("Logout by nobody: %v", err)
	}
	b.mustBearer(pair.Access)
}

func TestATokenDiesAtOnce(t *testing.T) {
	for _, c := range []struct {
		name string
		end  func(*bed, Account) error
	}{
		{"deactivate", func(b *bed, a Account) error { _, err := b.Deactivate(b.t.Context(), a.ID); return err }},
		{"kick", func(b *bed, a Account) error { return b.Kick(b.t.Context(), a.ID) }},
		{"password", func(b *bed, a Account) error { return b.SetPassword(b.t.Context(), a.ID, "deux chaises bleues") }},
	} {
		for _, beside := range []bool{false, true} {
			name := c.name
			if beside {
				name += " in another process"
			}
			t.Run(name, func(t *testing.T) {
				b := newBed(t)
				b.account("root", Admin)
				ada := b.account("ada", Admin)
				other := b.pair(b.account("bob", Admin))
				pair := b.pair(ada)
				b.mustBearer(pair.Access)
				doer := b
				if beside {
					doer = b.neighbour()
				}
				if err := c.end(doer, ada); err != nil {
					t.Fatal(err)
				}
				b.wantDead(name, pair.Access)
				_, err := b.Refresh(t.Context(), pair.Refresh)
				wantCode(t, "refresh", err, errs.Unauthenticated, "bad_credentials")
				b.mustBearer(other.Access)
			})
		}
	}
}

func TestReactivationDoesNotReviveTokens(t *testing.T) {
	b := newBed(t)
	b.account("root", Admin)
	ada := b.account("ada", Admin)
	token := b.pair(ada).Access
	if _, err := b.Deactivate(t.Context(), ada.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := b.UpdateAccount(t.Context(), ada.ID, AccountPatch{Active: ptr(true)}); err != nil {
		t.Fatal(err)
	}
	b.wantDead("after reactivation", token)
	b.mustBearer(b.pair(ada).Access)
}

func TestForgedTokens(t *testing.T) {
	b := newBed(t)
	good := b.pair(b.account("ada", Admin)).Access
	c, err := b.parse(good)
	if err != nil {
		t.Fatal(err)
	}
	sign := func(method jwt.SigningMethod, key any, c claims) string {
		t.Helper()
		token, err := jwt.NewWithClaims(method, c).SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	unknown, endless, asAccess := c, c, c
	unknown.JTI = uuid.NewString()
	endless.Exp = nil
	refresh, err := b.parse(b.pair(b.account("bob", Admin)).Refresh)
	if err != nil {
		t.Fatal(err)
	}
	asAccess.JTI = refresh.JTI
	for name, token := range map[string]string{
		"empty":                      "",
		"not a token":                "a.b.c",
		"another key":                sign(jwt.SigningMethodHS256, []byte("another key of thirty-two bytes!"), c),
		"no signature":               sign(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, c),
		"another algorithm":          sign(jwt.SigningMethodHS512, b.Keys.JWTKey(), c),
		"unknown jti":                sign(jwt.SigningMethodHS256, b.Keys.JWTKey(), unknown),
		"no expiry":                  sign(jwt.SigningMethodHS256, b.Keys.JWTKey(), endless),
		"a refresh's jti, as access": sign(jwt.SigningMethodHS256, b.Keys.JWTKey(), asAccess),
	} {
		b.wantDead(name, token)
	}
}
