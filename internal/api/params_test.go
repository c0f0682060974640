package api

import (
	"strings"
	"testing"

	"intendant/internal/api/jsonvalue"
)

func TestNest(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"", `{}`},
		{"a=1&b=2", `{"a":"1","b":"2"}`},
		{"a=1&a=2", `{"a":"2"}`},
		{"a[b]=1&a[c]=2", `{"a":{"b":"1","c":"2"}}`},
		{"a[b][c]=1", `{"a":{"b":{"c":"1"}}}`},
		{"a[]=1&a[]=2", `{"a":["1","2"]}`},
		{"a[][b]=1&a[][c]=2&a[][b]=3", `{"a":[{"b":"1","c":"2"},{"b":"3"}]}`},
		{"a[][b][]=1&a[][b][]=2", `{"a":[{"b":["1","2"]}]}`},
		{"a[][b][c]=1&a[][b][d]=2&a[][b]=3", `{"a":[{"b":{"c":"1","d":"2"}},{"b":"3"}]}`},
		{"a%5Bb%5D=%C3%A9+x", `{"a":{"b":"é x"}}`},
		{"a[b=1&[c]=2&a]d=3&a[b]c=4&a[[b]]=5", `{"a[b":"1","[c]":"2","a]d":"3","a[b]c":"4","a[[b]]":"5"}`},
		{"=1&&a", `{"a":""}`},
		{"a=1&a[b]=2", ""},
		{"a[b]=1&a[]=2", ""},
		{"a[]=1&a=2", ""},
		{"%zz=1", ""},
		{"a=%z", ""},
		{"a%FF=%FF", "{\"a\uFFFD\":\"\uFFFD\"}"},
		{"a" + strings.Repeat("[x]", maxKeyDepth) + "=1", ""},
	} {
		got := ""
		pairs, err := parsePairs(tt.text)
		if err == nil {
			var tree jsonvalue.Value
			if tree, err = nest(pairs); err == nil {
				got = string(tree.AppendJSON(nil))
			}
		}
		if got != tt.want {
			t.Errorf("%s: got %s (%v), want %s", tt.text, got, err, tt.want)
		}
	}
}

func TestParseXML(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{`<owner><name>Test</name></owner>`, `{"owner":{"name":"Test"}}`},
		{`<?xml version="1.0" encoding="UTF-8"?><!-- c --><project-user><project-id type="integer"> 408 </project-id></project-user>` + "\n", `{"project_user":{"project_id":408}}`},
		{"\ufeff<a/>", `{"a":null}`},
		{`<a><b type="boolean">true</b><c type="boolean">0</c><d type="boolean">perhaps</d></a>`, `{"a":{"b":true,"c":false,"d":"perhaps"}}`},
		{`<a><b type="integer">12x</b><c type="integer">99999999999999999999</c></a>`, `{"a":{"b":"12x","c":"99999999999999999999"}}`},
		{`<a><b type="decimal">12.50</b><c type="datetime">2024-03-05T10:00:00Z</c></a>`, `{"a":{"b":"12.50","c":"2024-03-05T10:00:00Z"}}`},
		{`<a><b></b><c type="string"></c><d nil="true">x</d><e>  </e></a>`, `{"a":{"b":null,"c":"","d":null,"e":null}}`},
		{`<a type="array"><b>1</b><c>2</c></a>`, `{"a":["1","2"]}`},
		{`<a type="array"/>`, `{"a":[]}`},
		{`<a><b>1</b><c/><b>2</b><b>3</b></a>`, `{"a":{"b":["1","2","3"],"c":null}}`},
		{`<a>&amp;&lt;<![CDATA[<x>]]>&#233;</a>`, `{"a":"&<<x>é"}`},
		{`<n:a xmlns:n="urn:x"><n:b>1</n:b></n:a>`, `{"a":{"b":"1"}}`},
		{``, ""},
		{`text`, ""},
		{`<a></b>`, ""},
		{`<a>`, ""},
		{`<a/><b/>`, ""},
		{`<a/>text`, ""},
		{`<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>`, ""},
		{`<a>&e;</a>`, ""},
		{`<a>&nbsp;</a>`, ""},
		{`<?xml version="1.0" encoding="ISO-8859-1"?><a/>`, ""},
		{"<a>\xff</a>", ""},
		{strings.Repeat("<a>", maxXMLDepth) + strings.Repeat("</a>", maxXMLDepth), strings.Repeat(`{"a":`, maxXMLDepth) + "null" + strings.Repeat("}", maxXMLDepth)},
		{strings.Repeat("<a>", maxXMLDepth+1) + strings.Repeat("</a>", maxXMLDepth+1), ""},
	} {
		got := ""
		value, err := parseXML([]byte(tt.text))
		if err == nil {
			got = string(value.AppendJSON(nil))
		}
		if got != tt.want {
			t.Errorf("%s: got %s (%v), want %s", tt.text, got, err, tt.want)
		}
	}
}

func FuzzParseXML(f *testing.F) {
	for _, seed := range []string{`<a-b type="array"><c nil="true"/>x<c>&amp;</c></a-b>`, `<!DOCTYPE a><a/>`, `<a/><b/>`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		value, err := parseXML(data)
		if err != nil {
			return
		}
		if value.Kind() != jsonvalue.Object || len(value.Members()) != 1 {
			t.Errorf("%q has not one root: %s", data, value.AppendJSON(nil))
		}
		if _, err := jsonvalue.Parse(value.AppendJSON(nil), maxXMLDepth+1); err != nil {
			t.Errorf("%q: %v", data, err)
		}
	})
}

func FuzzNest(f *testing.F) {
	for _, seed := range []string{"a[b][]=1&a[b][]=2", "a[][b]=1&a[][b]=2", "a[=1&[]=%FF&a[b]c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		pairs, err := parsePairs(text)
		if err != nil {
			return
		}
		value, err := nest(pairs)
		if err != nil {
			return
		}
		again, err := jsonvalue.Parse(value.AppendJSON(nil), maxKeyDepth+2)
		if err != nil || string(again.AppendJSON(nil)) != string(value.AppendJSON(nil)) {
			t.Errorf("%q: %v, %s", text, err, value.AppendJSON(nil))
		}
	})
}
