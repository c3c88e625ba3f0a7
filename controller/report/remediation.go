package report

import (
	"fmt"
	"io"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
)

// Remediation writes a Remediation for a terminal: what it would change and why, what holds it, and what has become of it.
func Remediation(w io.Writer, object *v1alpha1.Remediation, options Options) error {
	p := remediationPrinter(options)
	p.wrapped(nil, span{fmt.Sprintf("%s/%s: %s", Clean(object.Namespace), Clean(object.Name), count(len(object.Spec.Changes), "change", "changes")), bold})
	if phase := object.Status.Phase; phase != "" {
		p.wrapped(nil, span{phaseText(object), plain})
	}
	p.blank()
	outcomes := map[string]v1alpha1.ChangeOutcome{}
	for _, outcome := range object.Status.Changes {
		outcomes[outcome.ID] = outcome
	}
	for _, change := range object.Spec.Changes {
		p.remediationChange(change, outcomes[change.ID])
	}
	p.blank()
	p.line(span{"plan  ", dim}, span{Clean(object.Spec.PlanHash), plain})
	p.next()
	if _, err := w.Write(p.out.Bytes()); err != nil {
		return fmt.Errorf("write the Remediation: %w", err)
	}
	return nil
}

// remediationPrinter is what the functions here write with.
func remediationPrinter(options Options) *table {
	width := options.Width
	if width == 0 {
		width = 100
	}
	return &table{printer: printer{width: max(width, 40), color: options.Color}, options: options}
}

func phaseText(object *v1alpha1.Remediation) string {
	text := Clean(object.Status.Phase)
	for _, condition := range object.Status.Conditions {
		if condition.Type == v1alpha1.ConditionReady && condition.Message != "" {
			text += ": " + Clean(condition.Message)
		}
	}
	if approval := object.Spec.Approval; approval != nil {
		text += "; approved by " + Clean(approval.By)
	}
	if override := object.Spec.Override; override != nil {
		text += "; brakes overridden by " + Clean(override.By)
	}
	return text
}

func (p *printer) remediationChange(change v1alpha1.RemediationChange, outcome v1alpha1.ChangeOutcome) {
	mark, about := span{"  → ", cyan}, ""
	switch {
	case outcome.Outcome == v1alpha1.ChangeMade:
		mark, about = span{"  ✓ ", green}, ", made"
	case outcome.Outcome == v1alpha1.ChangeRefused:
		mark, about = span{"  ✗ ", red}, ", refused: "+Clean(outcome.Message)
	case change.Brake != "":
		mark, about = span{"  ‖ ", yellow}, ", held by "+Clean(change.Brake)
	}
	p.wrapped([]span{mark}, span{Clean(change.Object) + about, plain})
	if change.Before != "" {
		p.line(span{"      - " + Clean(change.Before), red})
	}
	if change.After != "" {
		p.line(span{"      + " + Clean(change.After), green})
	}
	why := Clean(change.Area) + ": " + Clean(change.Reason)
	if change.Because != "" {
		why += "; " + Clean(change.Because)
	}
	p.wrapped([]span{{"      ", plain}}, span{why, dim})
}

// Remediations lists those that wait, for a terminal.
func Remediations(w io.Writer, waiting []v1alpha1.Remediation, options Options) error {
	p := remediationPrinter(options)
	if len(waiting) == 0 {
		p.wrapped(nil, span{"No Remediation awaits approval", bold})
	} else {
		p.wrapped(nil, span{count(len(waiting), "Remediation awaits", "Remediations await") + " approval", bold})
		p.blank()
	}
	for i := range waiting {
		object := &waiting[i]
		p.wrapped([]span{{"  ", plain}}, span{Clean(object.Namespace) + "/" + Clean(object.Name) + "  " + count(len(object.Spec.Changes), "change", "changes"), plain})
		p.wrapped([]span{{"      ", plain}}, span{Clean(object.Spec.Summary), dim})
	}
	p.next()
	if _, err := w.Write(p.out.Bytes()); err != nil {
		return fmt.Errorf("write the Remediations: %w", err)
	}
	return nil
}
