package api

import (
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
			for k, name := range slices.Sorted(maps.Keys(f.Ctx)) {
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
	case jsonvalue.Value:
		return v.AppendJSON(dst)
	}
	text, err := json.Marshal(v)
	if err != nil {
		return append(dst, "null"...)
	}
	return append(dst, text...)
}
