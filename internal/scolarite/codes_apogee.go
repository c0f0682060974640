package scolarite

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"intendant/db"
	"intendant/internal/api"
	"intendant/internal/errs"
)

// codeApogeeRoutes are the entries that write one Apogée code. They answer it
// as plain text, and take no notice of locks.
func (s *Service) codeApogeeRoutes() []api.Route {
	const describe = "Le code peut compter plusieurs valeurs séparées par des virgules, 512 caractères au plus ; il est rendu en texte. " +
		"Sans code dans l'adresse, le champ `value` du formulaire le donne, vide pour l'effacer ; sans lui, erreur 404. Un verrou ne l'empêche pas."
	return []api.Route{
		api.Post("formation_module_set_code_apogee", EditFormation, s.moduleSetCodeApogee,
			"/formation/module/{module_id:int}/set_code_apogee", "/formation/module/{module_id:int}/set_code_apogee/{code_apogee}", "/formation/module/set_code_apogee").
			Doc("Change le code Apogée du module.").Describe(describe + " Sans `module_id` dans l'adresse, le champ `oid` le donne."),
		api.Post("ue_set_code_apogee", EditFormation, s.ueSetCodeApogee,
			"/formation/ue/{ue_id:int}/set_code_apogee", "/formation/ue/{ue_id:int}/set_code_apogee/{code_apogee}", "/formation/ue/set_code_apogee").
			Doc("Change le code Apogée de l'UE.").Describe(describe + " Sans `ue_id` dans l'adresse, le champ `oid` le donne."),
		api.Post("ue_set_code_apogee_rcue", EditFormation, s.ueSetCodeApogeeRCUE,
			"/formation/ue/{ue_id:int}/set_code_apogee_rcue", "/formation/ue/{ue_id:int}/set_code_apogee_rcue/{code_apogee}").
			Doc("Change le code Apogée du RCUE de l'UE.").Describe(describe),
	}
}

// codeApogee is a code in the path or, for want of it, in the form.
type codeApogee struct {
	Path  string          `path:"code_apogee" default:"" maxlen:"512"`
	Value api.Opt[string] `form:"value" empty:"true" maxlen:"512"`
}

// code returns the code without the blanks around it; Invalid for none, which
// must not pass for an empty one, and for one that is no text.
func (c codeApogee) code() (string, error) {
	field, code := "code_apogee", strings.TrimSpace(c.Path)
	if code == "" {
		value, ok := c.Value.Get()
		if !ok {
			return "", errs.NewInvalid("value", "missing", "")
		}
		field, code = "value", strings.TrimSpace(value)
	}
	if !utf8.ValidString(code) || strings.ContainsFunc(code, unicode.IsControl) {
		return "", errs.NewInvalid(field, "value_error", "")
	}
	return code, nil
}

// formOID is the id of the object where the path has none.
type formOID struct {
	OID api.Opt[int64] `form:"oid"`
}

// or returns the id of the path, or that of the form; Invalid without either.
func (o formOID) or(path api.Opt[int64]) (int64, error) {
	if id, ok := path.Get(); ok {
		return id, nil
	}
	if id, ok := o.OID.Get(); ok {
		return id, nil
	}
	return 0, errs.NewInvalid("oid", "missing", "")
}

type moduleCodeApogee struct {
	ModuleID api.Opt[int64] `path:"module_id"`
	formOID
	codeApogee
}

// moduleSetCodeApogee sets the code of a module and returns it. NotFound for
// an unknown module or none, Invalid for no code or one that is no text.
func (s *Service) moduleSetCodeApogee(ctx context.Context, in moduleCodeApogee) (api.Text, error) {
	id, err := in.or(in.ModuleID)
	if err != nil {
		return "", err
	}
	code, err := in.code()
	if err != nil {
		return "", err
	}
	return api.Text(code), s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, _, err := visibleModule(ctx, q, id)
		if err != nil {
			return err
		}
		if err := q.SetModuleCodeApogee(ctx, db.SetModuleCodeApogeeParams{CodeApogee: textOrNil(code), ID: id}); err != nil {
			return err
		}
		return s.record(ctx, q, "module.update", "module", id, row.Code, codeImage{textOrEmpty(row.CodeApogee)}, codeImage{code})
	})
}

type ueCodeApogee struct {
	UEID api.Opt[int64] `path:"ue_id"`
	formOID
	codeApogee
}

// ueSetCodeApogee sets the code of a UE and returns it. NotFound for an
// unknown UE or none, Invalid for no code or one that is no text.
func (s *Service) ueSetCodeApogee(ctx context.Context, in ueCodeApogee) (api.Text, error) {
	id, err := in.or(in.UEID)
	if err != nil {
		return "", err
	}
	code, err := in.code()
	if err != nil {
		return "", err
	}
	return api.Text(code), s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, _, err := visibleUE(ctx, q, id)
		if err != nil {
			return err
		}
		if err := q.SetUECodeApogee(ctx, db.SetUECodeApogeeParams{CodeApogee: textOrNil(code), ID: id}); err != nil {
			return err
		}
		return s.record(ctx, q, "ue.update", "ue", id, row.Acronyme, codeImage{textOrEmpty(row.CodeApogee)}, codeImage{code})
	})
}

type ueCodeApogeeRCUE struct {
	UEID int64 `path:"ue_id"`
	codeApogee
}

// ueSetCodeApogeeRCUE sets the code of the RCUE of a UE and returns it.
// NotFound for an unknown UE, Invalid for no code or one that is no text.
func (s *Service) ueSetCodeApogeeRCUE(ctx context.Context, in ueCodeApogeeRCUE) (api.Text, error) {
	code, err := in.code()
	if err != nil {
		return "", err
	}
	return api.Text(code), s.Store.Write(ctx, func(ctx context.Context, q *db.Queries) error {
		row, _, err := visibleUE(ctx, q, in.UEID)
		if err != nil {
			return err
		}
		if err := q.SetUECodeApogeeRCUE(ctx, db.SetUECodeApogeeRCUEParams{CodeApogeeRcue: textOrNil(code), ID: in.UEID}); err != nil {
			return err
		}
		return s.record(ctx, q, "ue.update", "ue", in.UEID, row.Acronyme, codeRCUEImage{textOrEmpty(row.CodeApogeeRcue)}, codeRCUEImage{code})
	})
}

type codeImage struct {
	CodeApogee string `json:"code_apogee"`
}

type codeRCUEImage struct {
	CodeApogeeRCUE string `json:"code_apogee_rcue"`
}
