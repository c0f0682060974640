package scolarite

import (
	"slices"

	"intendant/internal/api"
)

// Base stands before every path of the wing.
const Base = "/ScoDoc/api"

// System returns the wing's table of routes.
func (s *Service) System() *api.System {
	sys := &api.System{
		Name: "scolarite", Base: Base, Departmental: true, FindDepartement: s.findDepartement,
		Dialect: api.ScoDoc{Words: words}, Title: "Intendant · scolarité", Version: "9.7", About: about,
	}
	for _, family := range [][]api.Route{
		api.Family("Assiduites", slices.Concat(s.assiduiteRoutes(), s.appelRoutes(), s.bilanRoutes())...),
		api.Family("Billets d'absence", s.billetRoutes()...),
		api.Family("Département", s.departementRoutes()...),
		api.Family("Étudiants", slices.Concat(s.etudiantRoutes(), s.bulletinRoutes())...),
		api.Family("Évaluations", s.evaluationRoutes()...),
		api.Family("Formations", s.formationRoutes()...),
		api.Family("Formsemestre", slices.Concat(s.formSemestreRoutes(), s.bulletinsRoutes(), s.resultatRoutes(), s.autoAssignmentRoutes(), s.edtRoutes())...),
		api.Family("Groupes et partitions", s.partitionRoutes()...),
		api.Family("Jury", s.juryRoutes()...),
		api.Family("Justificatifs", s.justificatifRoutes()...),
		api.Family("Logos", s.logoRoutes()...),
		api.Family("Moduleimpl", slices.Concat(s.moduleImplRoutes(), s.moduleImplNotesRoutes())...),
		api.Family("Préférences", s.preferenceRoutes()...),
		api.Family("Tokens", s.tokenRoutes()...),
		api.Family("Utilisateurs", s.utilisateurRoutes()...),
	} {
		sys.Routes = append(sys.Routes, family...)
	}
	sys.Routes = append(sys.Routes, s.documentRoutes(sys)...)
	return sys
}

// words are the messages of the errors that other services return.
var words = map[string]string{
	"account_unknown":     "utilisateur inconnu",
	"role_unknown":        "rôle inconnu",
	"role_taken":          "un rôle de ce nom existe déjà",
	"role_in_use":         "ce rôle est attribué à des utilisateurs",
	"role_local":          "ScoSuperAdmin ne se donne que dans tous les départements à la fois, et ce rôle est donné dans un seul",
	"role_protected":      "ce rôle ne peut être changé",
	"permission_unknown":  "permission inconnue",
	"departement_unknown": "département inconnu",
	"grant_unknown":       "l'utilisateur n'a pas ce rôle",
	"rights_above":        "opération non autorisée (droits supérieurs aux vôtres)",
	"last_admin":          "le dernier administrateur ne peut être désactivé",
	"matricule_taken":     "matricule déjà utilisé",
	"email_taken":         "adresse e-mail déjà utilisée",
	"user_name_taken":     "nom d'utilisateur déjà utilisé",
	"user_name_form":      "nom d'utilisateur invalide (lettres, chiffres et @ \\ - _ . seulement, 64 au plus)",
	"user_name_reserved":  "nom d'utilisateur réservé",
}

// about heads the OpenAPI document.
const about = `Les départements, leurs étudiants, formations, semestres et groupes : l'API de ScoDoc 9.

Demandez un jeton par POST /ScoDoc/api/tokens avec HTTP Basic, puis envoyez-le dans l'en-tête Authorization: Bearer. Chaque entrée répond aussi sous /ScoDoc/<département>/api, avec les droits de ce département.`
