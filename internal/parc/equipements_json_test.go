package parc

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"intendant/internal/api"
)

// TestPagesAreWhatReflectionWrites: field by field, in the order of the
// structs.
func TestPagesAreWhatReflectionWrites(t *testing.T) {
	e := Equipement{
		EquipementID: "id", IP: "10.0.0.1", Marque: `<é&">`, Sources: []string{"a", "b\n"}, Port: 22, Username: "u", Password: `p\`,
		Description: "\x01", Modele: "m", Timestamp: api.NaiveTime{Time: time.Date(2026, 3, 2, 10, 30, 0, 0, time.UTC)},
	}
	bare := Equipement{Sources: []string{}}
	site := ClientSite{SiteID: "s", ClientID: "c", Name: "n", Longitude: 1, Latitude: -4.05, Description: "d"}
	for _, value := range []api.JSONAppender{
		e, bare, site,
		EquipementWithSite{e, site},
		Page[Equipement]{Items: []Equipement{}, Total: 0, Page: 1, Size: 50},
		Page[EquipementWithSite]{Items: []EquipementWithSite{{e, site}, {bare, site}}, Total: 102, Page: 2, Size: 50, Pages: 3},
	} {
		var want bytes.Buffer
		enc := json.NewEncoder(&want)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(value); err != nil {
			t.Fatal(err)
		}
		if got := value.AppendJSON(nil); string(got) != string(bytes.TrimSuffix(want.Bytes(), []byte("\n"))) {
			t.Errorf("%T: %s\nwant %s", value, got, want.String())
		}
	}
}
