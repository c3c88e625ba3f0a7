package secret

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	yaml3 "go.yaml.in/yaml/v3"
	"sigs.k8s.io/yaml"
)

const canary = "canary-7f3a9c"

// holder has a secret in every way in which a struct can.
type holder struct {
	Public  Text
	private Text
	Pointer *Text
	List    []Text
	Map     map[string]Text
	inner   struct{ token Text }
	Any     any
	err     error
}

func newHolder() holder {
	text := New(canary)
	h := holder{Public: text, private: text, Pointer: &text, List: []Text{text}, Map: map[string]Text{"token": text}, Any: text, err: text}
	h.inner.token = text
	return h
}

func TestShowsNothing(t *testing.T) {
	text, held := New(canary), newHolder()
	shown := map[string]string{}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%T", "%p", "%10.3s"} {
		shown["a text by "+verb] = fmt.Sprintf(verb, text)
		shown["a pointer by "+verb] = fmt.Sprintf(verb, &text)
		shown["a struct by "+verb] = fmt.Sprintf(verb, held)
		shown["a pointer to a struct by "+verb] = fmt.Sprintf(verb, &held)
	}
	encode := func(name string, text []byte, err error) {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		shown[name] = string(text)
	}
	out, err := json.Marshal(held)
	encode("json", out, err)
	out, err = yaml.Marshal(held.List)
	encode("yaml", out, err)
	out, err = yaml3.Marshal(map[string]any{"list": held.List, "map": held.Map, "pointer": held.Pointer})
	encode("yaml v3", out, err)
	out, err = xml.Marshal(text)
	encode("xml", out, err)
	shown["an error"] = fmt.Errorf("fetch with %w: %w", held.err, errors.New("refused")).Error()
	shown["a panic's value"] = fmt.Sprint(any(held))
	for name, handler := range map[string]func(*bytes.Buffer) slog.Handler{
		"slog text": func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
		"slog json": func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
	} {
		var log bytes.Buffer
		slog.New(handler(&log)).Info("fetch", "token", text, "pointer", &text, "held", held, "pointer to held", &held)
		shown[name] = log.String()
	}
	for name, got := range shown {
		if strings.Contains(got, canary) || strings.Contains(strings.ToLower(got), fmt.Sprintf("%x", canary)) {
			t.Errorf("%s shows the secret: %s", name, got)
		}
	}
	for _, name := range []string{"a text by %v", "a text by %#v", "a text by %q", "a text by %d", "json", "yaml", "yaml v3", "an error"} {
		if !strings.Contains(shown[name], Hidden) {
			t.Errorf("%s does not say that something is hidden: %s", name, shown[name])
		}
	}
}

func TestReveal(t *testing.T) {
	text := New(canary)
	if text.Reveal() != canary || text.IsEmpty() {
		t.Error("the text is lost")
	}
	if !text.Equal(New(canary)) || text.Equal(New("other")) || text.Equal(Text{}) {
		t.Error("equality is not that of the texts")
	}
	if none := New(""); !none.IsEmpty() || none.Reveal() != "" || !none.Equal(Text{}) || none.Redact("a") != "a" {
		t.Error("an empty text is not the zero value")
	}
	if got := text.Redact("you sent " + canary + "!"); got != "you sent ***!" {
		t.Errorf("redacted to %q", got)
	}
}
