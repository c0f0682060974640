package db

import "maps"

// What the queries of attendance look for.
func init() {
	maps.Copy(chosen, map[string]any{
		"AddAssiduite.Etat": int64(2), "AddAssiduite.FinAt": instant(4), "AddJustificatif.FinAt": instant(4), "UpdateJustificatif.FinAt": instant(9),
		"AddBillet.FinAt": instant(4), "AssiduitesOfFormSemestre.Since": instant(0), "AttendanceOfFormSemestre.Since": instant(0),
	})
}
