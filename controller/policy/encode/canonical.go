package encode

import (
	"encoding/binary"
	"math"
	"reflect"
	"slices"
)

// Append writes a document of the plan's type as bytes, so that two documents have the same bytes exactly if what the plan
// encodes of them is equal: every text and list has its length before it, and maps are in the order of their keys.
func (p *Plan) Append(to []byte, value reflect.Value) []byte {
	for value.Kind() == reflect.Pointer {
		if value.IsNil() {
			return append(to, 0)
		}
		to, value = append(to, 1), value.Elem()
	}
	switch p.kind {
	case reflect.String:
		return appendText(to, value.String())
	case reflect.Bool:
		if value.Bool() {
			return append(to, 2)
		}
		return append(to, 1)
	case reflect.Float32, reflect.Float64:
		return binary.BigEndian.AppendUint64(to, math.Float64bits(value.Float()))
	case reflect.Struct:
		for i := range p.fields {
			to = p.fields[i].plan.Append(to, value.Field(p.fields[i].index))
		}
		return to
	case reflect.Map:
		return p.appendMap(to, value)
	case reflect.Slice:
		to = binary.AppendUvarint(to, uint64(value.Len()))
		for i := range value.Len() {
			to = p.element.Append(to, value.Index(i))
		}
		return to
	default:
		return binary.AppendVarint(to, value.Int())
	}
}

func (p *Plan) appendMap(to []byte, value reflect.Value) []byte {
	keys := make([]string, 0, value.Len())
	for items := value.MapRange(); items.Next(); {
		if name := items.Key().String(); p.mask.whole || p.mask.fields[name] != nil {
			keys = append(keys, name)
		}
	}
	slices.Sort(keys)
	to = binary.AppendUvarint(to, uint64(len(keys)))
	for _, name := range keys {
		to = appendText(to, name)
		to = p.element.Append(to, value.MapIndex(reflect.ValueOf(name).Convert(value.Type().Key())))
	}
	return to
}

func appendText(to []byte, text string) []byte {
	return append(binary.AppendUvarint(to, uint64(len(text))), text...)
}
