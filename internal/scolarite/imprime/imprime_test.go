package imprime

import (
	"bytes"
	"testing"
	"time"
)

// TestDate: the hour at which a document is made is not in it.
func TestDate(t *testing.T) {
	for date, want := range map[time.Time]string{
		{}: "/CreationDate (D:19700101000000", time.Date(2026, 2, 3, 9, 0, 0, 0, time.FixedZone("", 3600)): "/CreationDate (D:20260203080000",
	} {
		p := New(Layout{Portrait, 10, 5}, "Bulletin", date)
		p.AddPage()
		var out bytes.Buffer
		if err := p.Output(&out); err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(out.Bytes(), []byte(want)) {
			t.Errorf("a document of %v has no %s", date, want)
		}
	}
}

func TestPrintable(t *testing.T) {
	if got := Printable("e\u0301 \U0001F600\x01\u200b"); got != "é ?" {
		t.Errorf("%q", got)
	}
}
