package db

import "maps"

func init() {
	maps.Copy(chosen, map[string]any{
		"OtherUEsOfNiveau.ID":           int64(0),
		"AppCritiquesInReferentiel.Ids": `[1]`,
		"ParcoursInReferentiel.Ids":     `[1]`,
	})
}
