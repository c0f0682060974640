package db

import "maps"

// What the queries of evaluations and marks look for.
func init() {
	maps.Copy(chosen, map[string]any{"PoidsOfEvaluations.Sport": int64(9)})
}
