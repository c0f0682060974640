package db

import "maps"

func init() {
	maps.Copy(chosen, map[string]any{"AddLogo.ContentType": "image/png"})
}
