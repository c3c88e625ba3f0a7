package policy

import (
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// allowedBuiltins are the builtin functions that a policy may call: those whose
// result depends on their arguments alone, and that neither reach out nor take
// memory out of proportion to what they are given (bits.lsh). What is not here
// does not compile.
var allowedBuiltins = strings.Fields(`
	abs and array.concat array.flatten array.reverse array.slice assign
	base64.decode base64.encode base64.is_valid base64url.decode base64url.encode base64url.encode_no_pad
	bits.and bits.negate bits.or bits.rsh bits.xor
	ceil concat contains count
	crypto.hmac.equal crypto.hmac.sha256 crypto.hmac.sha512 crypto.md5 crypto.sha1 crypto.sha256
	div endswith eq equal floor format_int
	glob.match glob.quote_meta graph.reachable graph.reachable_paths gt gte hex.decode hex.encode
	indexof indexof_n internal.member_2 internal.member_3 internal.print internal.template_string intersection
	is_array is_boolean is_null is_number is_object is_set is_string
	json.filter json.is_valid json.marshal json.marshal_with_options json.patch json.remove json.unmarshal
	lower lt lte max min minus mul neq numbers.range numbers.range_step
	object.filter object.get object.keys object.remove object.subset object.union object.union_n
	or plus print product
	regex.find_all_string_submatch_n regex.find_n regex.is_valid regex.match regex.replace regex.split
	rego.metadata.chain rego.metadata.rule rem replace round semver.compare semver.is_valid sort
	split sprintf startswith strings.any_prefix_match strings.any_suffix_match strings.count strings.replace_n
	strings.reverse strings.split_n substring sum
	time.add_date time.clock time.date time.diff time.format time.parse_duration_ns time.parse_ns
	time.parse_rfc3339_ns time.weekday
	to_number trim trim_left trim_prefix trim_right trim_space trim_suffix type_name
	union units.parse units.parse_bytes upper uri.is_valid uri.parse
	urlquery.decode urlquery.decode_object urlquery.encode urlquery.encode_object uuid.parse
	walk yaml.is_valid yaml.marshal yaml.unmarshal`)

// AllowedBuiltins lists the builtin functions that a policy may call, sorted.
func AllowedBuiltins() []string { return slices.Sorted(slices.Values(allowedBuiltins)) }

// seal is the capabilities with which policies are compiled and, as a second
// fence, the builtins that are refused by name.
type seal struct {
	capabilities *ast.Capabilities
	unsafe       map[string]struct{}
}

func newSeal() seal {
	s := seal{capabilities: ast.CapabilitiesForThisVersion(), unsafe: map[string]struct{}{}}
	allowed := make(map[string]bool, len(allowedBuiltins))
	for _, name := range allowedBuiltins {
		allowed[name] = true
	}
	var builtins []*ast.Builtin
	for _, builtin := range s.capabilities.Builtins {
		if allowed[builtin.Name] && !builtin.IsNondeterministic() {
			builtins = append(builtins, builtin)
		} else {
			s.unsafe[builtin.Name] = struct{}{}
		}
	}
	s.capabilities.Builtins = builtins
	s.capabilities.AllowNet = []string{}
	return s
}

// refusal says why a builtin that OPA has is not available here.
func refusal(name string) string {
	switch {
	case strings.HasPrefix(name, "http.") || strings.HasPrefix(name, "net.") || strings.HasPrefix(name, "providers."):
		return "policies reach no network: what they judge is in input and data.remit"
	case name == "time.now_ns":
		return "a policy has no clock of its own: use data.remit.clock.day and data.remit.clock.hour"
	case strings.HasPrefix(name, "rand.") || name == "uuid.rfc4122":
		return "the same snapshot must give the same findings"
	case name == "opa.runtime":
		return "a policy cannot see the process that it runs in"
	default:
		return "only pure functions with bounded results are available; docs/policies.md lists them"
	}
}
