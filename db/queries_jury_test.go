package db

import "maps"

func init() {
	maps.Copy(chosen, map[string]any{"AddJuryEvent.EventType": "VALID_UE", "DeleteJuryEvents.Types": `["CREATION", "2"]`})
}
