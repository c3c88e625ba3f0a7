package operator

import (
	"math"
	"strings"
	"unicode/utf8"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/report"
)

// bounded is a message as a status may hold it: without control characters, and cut where it is too long.
func bounded(text string) string { return boundedTo(text, v1alpha1.MaxMessageBytes) }

func boundedTo(text string, limit int) string {
	text = report.Clean(text)
	if len(text) <= limit {
		return text
	}
	const more = "…"
	cut := limit - len(more)
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + more
}

// title writes a word as the API does: "unowned" is Unowned.
func title(word string) string {
	if word == "" {
		return ""
	}
	return strings.ToUpper(word[:1]) + word[1:]
}

func total(n int) int32 { return int32(min(n, math.MaxInt32)) } //nolint:gosec // it is bounded here

func condition(kind string, status metav1.ConditionStatus, reason, message string) metav1.Condition {
	return metav1.Condition{Type: kind, Status: status, Reason: reason, Message: bounded(message)}
}
