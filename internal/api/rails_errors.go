package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"intendant/internal/api/jsonvalue"
	"intendant/internal/errs"
)

// attributeErrors are the messages about one attribute, "base" for those about
// the whole object.
type attributeErrors struct {
	attribute string
	messages  []string
}

const baseAttribute = "base"

// railsMessages says each fault of the kernel in the words of Rails. Other
// codes are those of a service, which chose the message itself.
var railsMessages = map[string]string{
	"missing":                 "can't be blank",
	"literal_error":           "is not included in the list",
	"int_type":                "is not a number",
	"int_parsing":             "is not a number",
	"int_from_float":          "must be an integer",
	"float_type":              "is not a number",
	"float_parsing":           "is not a number",
	"finite_number":           "is not a number",
	"decimal_parsing":         "is not a number",
	"taken":                   "has already been taken",
	"string_type":             "is invalid",
	"bool_type":               "is invalid",
	"bool_parsing":            "is invalid",
	"list_type":               "is invalid",
	"dict_type":               "is invalid",
	"model_attributes_type":   "is invalid",
	"string_pattern_mismatch": "is invalid",
	"value_error":             "is invalid",
}

// railsMessage returns what Rails says of a fault.
func railsMessage(f errs.Fault) string {
	switch f.Code {
	case "string_too_long":
		return fmt.Sprintf("is too long (maximum is %s)", countOf(f.Ctx["max_length"]))
	case "string_too_short":
		if f.Ctx["min_length"] == 1 {
			return railsMessages["missing"]
		}
		return fmt.Sprintf("is too short (minimum is %s)", countOf(f.Ctx["min_length"]))
	case "greater_than_equal":
		return fmt.Sprintf("must be greater than or equal to %v", f.Ctx["ge"])
	case "less_than_equal":
		return fmt.Sprintf("must be less than or equal to %v", f.Ctx["le"])
	}
	if text, ok := railsMessages[f.Code]; ok {
		return text
	}
	if strings.HasPrefix(f.Code, "uuid_") || strings.HasPrefix(f.Code, "datetime_") {
		return "is invalid"
	}
	return orElse(f.Message, "is invalid")
}

func countOf(n any) string {
	if n == 1 {
		return "1 character"
	}
	return fmt.Sprintf("%v characters", n)
}

// attributesOf groups what an error says of the attributes of an object, in
// order of first appearance.
func (d *Rails) attributesOf(e *errs.Error) []attributeErrors {
	isTaken := e.Kind == errs.Conflict
	if len(e.Faults) == 0 {
		if field := d.Taken[e.Code]; isTaken && field != "" {
			return []attributeErrors{{field, []string{railsMessages["taken"]}}}
		}
		return []attributeErrors{{baseAttribute, []string{orElse(e.Message, "is invalid")}}}
	}
	var list []attributeErrors
	place := map[string]int{}
	for _, f := range e.Faults {
		name := orElse(f.Field(), baseAttribute)
		i, ok := place[name]
		if !ok {
			i = len(list)
			place[name] = i
			list = append(list, attributeErrors{attribute: name})
		}
		message := railsMessage(f)
		if isTaken {
			message = railsMessages["taken"]
		}
		list[i].messages = append(list[i].messages, message)
	}
	return list
}

// invalidJSON is {"errors":{"name":["can't be blank"]}}.
func invalidJSON(list []attributeErrors) []byte {
	dst := []byte(`{"errors":{`)
	for i, a := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(jsonvalue.AppendString(dst, a.attribute), ":["...)
		for k, message := range a.messages {
			if k > 0 {
				dst = append(dst, ',')
			}
			dst = jsonvalue.AppendString(dst, message)
		}
		dst = append(dst, ']')
	}
	var buf bytes.Buffer
	json.HTMLEscape(&buf, append(dst, "}}"...))
	return buf.Bytes()
}

// invalidXML has one error element for each message, after the name of its
// attribute.
func invalidXML(list []attributeErrors) []byte {
	w := &xmlWriter{buf: []byte(xmlHead)}
	w.line("<errors>")
	w.depth++
	for _, a := range list {
		subject := ""
		if a.attribute != baseAttribute {
			subject = humanized(a.attribute) + " "
		}
		for _, message := range a.messages {
			w.text("error", "", subject+message)
		}
	}
	w.depth--
	w.line("</errors>")
	return w.buf
}

// humanized is an attribute as Rails names it to people: "Owner" for owner_id.
func humanized(attribute string) string {
	text := strings.ReplaceAll(strings.TrimSuffix(attribute, "_id"), "_", " ")
	return upperFirst(strings.TrimSpace(text))
}

// statusJSON is {"status":404,"error":"Not Found"}.
func statusJSON(status int) []byte {
	return fmt.Appendf(nil, `{"status":%d,"error":%q}`, status, http.StatusText(status))
}

func statusXML(status int) []byte {
	return fmt.Appendf(nil, xmlHead+"<hash>\n  <status type=\"integer\">%d</status>\n  <error>%s</error>\n</hash>\n", status, http.StatusText(status))
}
