package db

import "maps"

func init() {
	maps.Copy(chosen, map[string]any{"AddPreference.FormsemestreID": (*int64)(nil), "PreferencesSet.FormsemestreID": int64(0)})
}
