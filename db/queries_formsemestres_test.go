package db

import "maps"

func init() {
	ever, never := "0", "9"
	maps.Copy(chosen, map[string]any{
		"FindFormSemestres.Since": &ever, "FindFormSemestres.Before": &never,
		"EtudiantsOfFormSemestre.Etat": "I", "SetInscriptionEtat.Etat": "DEF", "AddEvenement.EventType": "DEMISSION",
	})
}
