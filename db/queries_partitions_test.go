package db

import "maps"

func init() {
	maps.Copy(chosen, map[string]any{"EtudiantsOfGroupe.Etat": "I"})
}
