package db

import "maps"

func init() {
	maps.Copy(chosen, map[string]any{
		"AddEtudiant.Civilite": "X", "UpdateEtudiant.Civilite": "X", "CiviliteEtatCivil": new("M"),
		"NamesTaken": `[["1", "1"]]`, "EtudiantsCourants.Day": "2000-01-01", "EtudiantsNamed.NomFrom": "0", "EtudiantsNamed.NomUntil": "9",
	})
}
