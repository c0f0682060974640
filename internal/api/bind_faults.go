package api

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"intendant/internal/api/jsonvalue"
	"intendant/internal/errs"
)

// appendFaults appends the list of faults as FastAPI writes it: type, loc,
// msg, input, and ctx where there is one.
func appendFaults(dst []byte, faults []errs.Fault) []byte {
	dst = append(dst, '[')
	for i, f := range faults {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, `{"type":`...)
		dst = jsonvalue.AppendString(dst, f.Code)
		dst = append(dst, `,"loc":[`...)
		for k, step := range f.Loc {
			if k > 0 {
				dst = append(dst, ',')
			}
			dst = appendAny(dst, step)
		}
		dst = append(dst, `],"msg":`...)
		dst = jsonvalue.AppendString(dst, f.Message)
		dst = append(dst, `,"input":`...)
		dst = appendAny(dst, f.Input)
		if len(f.Ctx) > 0 {
			dst = append(dst, `,"ctx":{`...)
			for k, name := range slices.SortedFunc(maps.Keys(f.Ctx), compareCtx) {
				if k > 0 {
					dst = append(dst, ',')
				}
				dst = append(jsonvalue.AppendString(dst, name), ':')
				dst = appendAny(dst, f.Ctx[name])
			}
			dst = append(dst, '}')
		}
		dst = append(dst, '}')
	}
	return append(dst, ']')
}

// compareCtx puts the names of a ctx in pydantic's order where it has several:
// field_type, min_length, max_length, actual_length.
func compareCtx(a, b string) int {
	return cmp.Or(cmp.Compare(ctxRank[a], ctxRank[b]), cmp.Compare(a, b))
}

var ctxRank = map[string]int{"min_length": 1, "max_length": 1, "actual_length": 2}

// appendAny appends what a fault may hold; null for what JSON cannot say.
func appendAny(dst []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(dst, "null"...)
	case string:
		return jsonvalue.AppendString(dst, v)
	case int:
		return strconv.AppendInt(dst, int64(v), 10)
	case int64:
		return strconv.AppendInt(dst, v, 10)
	case JSONAppender:
		return v.AppendJSON(dst)
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return append(dst, "null"...)
	}
	return append(dst, bytes.TrimSuffix(buf.Bytes(), []byte("\n"))...)
}
