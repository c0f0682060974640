package db

import "maps"

func init() {
	maps.Copy(chosen, map[string]any{"Accounts.Departements": `["1"]`, "LiveOpaqueTokens": instant(0)})
}
