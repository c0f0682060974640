package api

import (
	"reflect"
	"testing"

	"intendant/internal/api/jsonvalue"
)

func BenchmarkBind(b *testing.B) {
	p, err := planFor(reflect.TypeFor[appareil]())
	if err != nil {
		b.Fatal(err)
	}
	data := []byte(equipementBody)
	v, err := jsonvalue.Parse(data, 100)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("bind", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var in appareil
			if faults := p.bind(&input{body: body{kind: bodyJSON, json: v}}, reflect.ValueOf(&in).Elem()); faults != nil {
				b.Fatal(faults)
			}
		}
	})
	b.Run("parse and bind", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var in appareil
			v, _ := jsonvalue.Parse(data, 100)
			if faults := p.bind(&input{body: body{kind: bodyJSON, json: v}}, reflect.ValueOf(&in).Elem()); faults != nil {
				b.Fatal(faults)
			}
		}
	})
}
