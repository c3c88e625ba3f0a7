package kindcases

// RoleConfigurations are objects of the kind.
func RoleConfigurations() map[string]Case {
	return map[string]Case{
		"Whole":        {Reason: "everything given", Kind: "RoleConfiguration", Name: "default", Spec: `{roles: [{name: captain, maxHolders: 0, exclusive: true, requiredTiers: ['*'], observableIn: [git]}], placeholders: ['team:*/nobody', 'user:ghost', 'team:acme/unknown']}`},
		"Name":         {Reason: "there is one", Kind: "RoleConfiguration", Name: "mine", Spec: `{}`, Want: []string{""}},
		"SameRole":     {Reason: "a list by name", Kind: "RoleConfiguration", Name: "default", Spec: `{roles: [{name: a}, {name: a}]}`, Want: []string{"spec.roles[1]"}},
		"MaxHolders":   {Reason: "100 at most", Kind: "RoleConfiguration", Name: "default", Spec: `{roles: [{name: a, maxHolders: 101}]}`, Want: []string{"spec.roles[0].maxHolders"}},
		"Tier":         {Reason: "a tier or `*`", Kind: "RoleConfiguration", Name: "default", Spec: `{roles: [{name: a, requiredTiers: ['gold*']}]}`, Want: []string{"spec.roles[0].requiredTiers[0]"}},
		"Placeholder":  {Reason: "`*` is an organisation", Kind: "RoleConfiguration", Name: "default", Spec: `{placeholders: ['team:acme/*']}`, Want: []string{"spec.placeholders[0]"}},
		"LongHolder":   {Reason: "205 bytes at most, whatever the letters", Kind: "RoleConfiguration", Name: "default", Spec: `{placeholders: [` + long() + `]}`, Want: []string{"spec.placeholders[0]"}},
		"Observable":   {Reason: "a kind of source", Kind: "RoleConfiguration", Name: "default", Spec: `{roles: [{name: a, observableIn: [Git]}]}`, Want: []string{"spec.roles[0].observableIn[0]"}},
		"RoleNameForm": {Reason: "lower case and hyphens", Kind: "RoleConfiguration", Name: "default", Spec: `{roles: [{name: On_Call}]}`, Want: []string{"spec.roles[0].name"}},
	}
}
