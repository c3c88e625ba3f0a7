package kindcases

// Teams are objects of the kind.
func Teams() map[string]Case {
	return map[string]Case{
		"Whole":       {Reason: "everything given", Kind: "Team", Spec: `{id: Acme/pay, description: d, parent: acme/eng, members: ['user:a'], maintainers: ['user:b'], repositories: [{name: acme/shop, permission: write}], suspend: true}`},
		"NoID":        {Reason: "a team has an id", Kind: "Team", Spec: `{}`, Want: []string{"spec"}},
		"IDForm":      {Reason: "ORGANISATION/TEAM", Kind: "Team", Spec: `{id: pay}`, Want: []string{"spec.id"}},
		"OwnParent":   {Reason: "whatever the case", Kind: "Team", Spec: `{id: acme/pay, parent: Acme/Pay}`, Want: []string{"spec.parent"}},
		"OtherParent": {Reason: "of the same organisation", Kind: "Team", Spec: `{id: acme/pay, parent: other/eng}`, Want: []string{"spec.parent"}},
		"TeamMember":  {Reason: "members are persons", Kind: "Team", Spec: `{id: acme/pay, members: ['team:a/b'], maintainers: [bob]}`, Want: []string{"spec.members[0]", "spec.maintainers[0]"}},
		"SameMember":  {Reason: "a set", Kind: "Team", Spec: `{id: acme/pay, members: ['user:a', 'user:a']}`, Want: []string{"spec.members[1]"}},
		"LongMember":  {Reason: "205 bytes at most, whatever the letters", Kind: "Team", Spec: `{id: acme/pay, maintainers: [` + long() + `], members: [` + long() + `]}`, Want: []string{"spec.maintainers[0]", "spec.members[0]"}},
		"Permission":  {Reason: "in GitHub's words", Kind: "Team", Spec: `{id: acme/pay, repositories: [{name: acme/shop, permission: push}]}`, Want: []string{"spec.repositories[0].permission"}},
		"Members":     {Reason: "2000 at most", Kind: "Team", Spec: `{id: acme/pay, members: [` + repeat(2001, "'user:u%d'") + `]}`, Want: []string{"spec.members"}},
		"ManyMembers": {Reason: "2000 fit, and their rules in the budget", Kind: "Team", Spec: `{id: acme/pay, members: [` + repeat(2000, "'user:a-rather-long-login-of-somebody-%d'") + `]}`},
	}
}
