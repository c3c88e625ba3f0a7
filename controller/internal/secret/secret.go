// Package secret holds texts that must not be shown, such as tokens. It keeps them out of what is printed by accident, and
// is no protection against code that wants to have them: that calls Reveal.
//
//	Secret's data, environment ──► secret.New ──► Text ──► Reveal, where a request is signed
//	                                               └─────► "***" everywhere else
package secret

import (
	"crypto/subtle"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// Hidden is what stands for a secret wherever one would be shown.
const Hidden = "***"

// Text is a secret text. It shows itself as "***" in every verb of fmt, in JSON, YAML, text encodings and slog. The zero
// value is empty. It cannot be compared with ==: use Equal.
type Text struct {
	// reveal closes over the text. Of a text in a field that is not exported fmt cannot call the methods, and prints what
	// it finds by reflection: for a function that is an address.
	reveal func() string
}

// New makes a secret of a text.
func New(text string) Text {
	if text == "" {
		return Text{}
	}
	return Text{reveal: func() string { return text }}
}

// Reveal gives the text itself, to sign a request with.
func (t Text) Reveal() string {
	if t.reveal == nil {
		return ""
	}
	return t.reveal()
}

// IsEmpty says that there is no text.
func (t Text) IsEmpty() bool { return t.reveal == nil }

// Equal compares two secrets, in a time that tells nothing of where they differ.
func (t Text) Equal(other Text) bool {
	return subtle.ConstantTimeCompare([]byte(t.Reveal()), []byte(other.Reveal())) == 1
}

// Redact replaces the secret wherever it stands in a text of somebody else's, who may repeat what was sent.
func (t Text) Redact(text string) string {
	if t.IsEmpty() {
		return text
	}
	return strings.ReplaceAll(text, t.Reveal(), Hidden)
}

// Format writes "***" for every verb, %#v too.
func (t Text) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, Hidden) }

// String is "***".
func (t Text) String() string { return Hidden }

// GoString is "***".
func (t Text) GoString() string { return Hidden }

// Error is "***": a secret that is taken for an error shows nothing either.
func (t Text) Error() string { return Hidden }

// MarshalText gives "***", to YAML and other encodings.
func (t Text) MarshalText() ([]byte, error) { return []byte(Hidden), nil }

// MarshalJSON gives "***".
func (t Text) MarshalJSON() ([]byte, error) { return []byte(`"` + Hidden + `"`), nil }

// MarshalYAML gives "***".
func (t Text) MarshalYAML() (any, error) { return Hidden, nil }

// LogValue is "***".
func (t Text) LogValue() slog.Value { return slog.StringValue(Hidden) }
