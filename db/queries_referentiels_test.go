package db

import "maps"

func init() { maps.Copy(chosen, map[string]any{"AddNiveau.Annee": "BUT2"}) }
