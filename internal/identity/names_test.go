package identity

import (
	"strconv"
	"testing"

	"intendant/internal/errs"
)

// made creates an account.
func (b *bed) made(n NewAccount) Account {
	b.t.Helper()
	account, err := b.CreateAccount(b.t.Context(), n)
	if err != nil {
		b.t.Fatal(err)
	}
	return account
}

// wantNameCode fails the test unless err has the code, or its only fault does.
func wantNameCode(t *testing.T, name string, err error, code string) {
	t.Helper()
	e := errs.As(err)
	if e == nil || e.Code != code && (len(e.Faults) != 1 || e.Faults[0].Code != code) {
		t.Errorf("%s: %v, want %s", name, err, code)
	}
}

// TestNobodyTakesAnothersName: people sign in with a user name, an e-mail or a
// matricule, and none of them may come to mean somebody else.
func TestNobodyTakesAnothersName(t *testing.T) {
	b := newBed(t)
	matricule, year, other := int64(4711), int64(2024), int64(99)
	ada := b.made(NewAccount{UserName: "ada", Matricule: &matricule, LastName: "Lovelace", Email: "Ada@example.com"})
	digits := b.made(NewAccount{UserName: "2024", LastName: "Year"})
	mail := b.made(NewAccount{UserName: "zoe@example.com", LastName: "Zoé"})
	for name, c := range map[string]struct {
		account NewAccount
		code    string
	}{
		"her e-mail":                    {NewAccount{UserName: "ada@example.com"}, "user_name_taken"},
		"her e-mail in another case":    {NewAccount{UserName: "ADA@EXAMPLE.COM"}, "user_name_taken"},
		"her matricule":                 {NewAccount{UserName: "4711"}, "user_name_taken"},
		"her matricule written longer":  {NewAccount{UserName: "004711"}, "user_name_taken"},
		"her name in another case":      {NewAccount{UserName: "ADA"}, "user_name_taken"},
		"an e-mail that is a user name": {NewAccount{UserName: "eve", Email: "Zoe@example.com"}, "email_taken"},
		"a matricule that is one":       {NewAccount{UserName: "eve", Matricule: &year}, "matricule_taken"},
		"a dot":                         {NewAccount{UserName: "."}, "user_name_form"},
		"two dots":                      {NewAccount{UserName: ".."}, "user_name_form"},
	} {
		c.account.LastName = "Eve"
		_, err := b.CreateAccount(t.Context(), c.account)
		wantNameCode(t, name, err, c.code)
	}
	zoe := "zoe@example.com"
	_, err := b.UpdateAccount(t.Context(), ada.ID, AccountPatch{Email: &zoe})
	wantNameCode(t, "a change to an e-mail that is a user name", err, "email_taken")
	_, err = b.UpdateAccount(t.Context(), ada.ID, AccountPatch{Matricule: &year})
	wantNameCode(t, "a change to a matricule that is a user name", err, "matricule_taken")

	// One's own names may be the same.
	if _, err := b.UpdateAccount(t.Context(), mail.ID, AccountPatch{Email: &zoe, Matricule: &other}); err != nil {
		t.Error(err)
	}
	if _, err := b.UpdateAccount(t.Context(), digits.ID, AccountPatch{Matricule: &year}); err != nil {
		t.Error(err)
	}
	for _, login := range []string{"ada", "ada@example.com", strconv.FormatInt(matricule, 10)} {
		if row, err := b.findLogin(t.Context(), login); err != nil || row.ID != ada.ID {
			t.Errorf("%s signs in %s, %v", login, row.UserName, err)
		}
	}
}

// TestTheNextMatriculeIsNobodysName: a new account is not refused for the number
// it is given.
func TestTheNextMatriculeIsNobodysName(t *testing.T) {
	b := newBed(t)
	first := b.made(NewAccount{UserName: "ada", LastName: "Lovelace"})
	b.made(NewAccount{UserName: strconv.FormatInt(first.Matricule+2, 10), LastName: "Number"})
	if third := b.made(NewAccount{LastName: "Third"}); third.Matricule != first.Matricule+3 {
		t.Errorf("matricule %d after %d", third.Matricule, first.Matricule)
	}
}
