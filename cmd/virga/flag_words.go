package main

import (
	"regexp"
	"strings"
)

// flagOf says which flag a field of the API is: people typed the flag, and never
// saw the field. A name is an argument, and its message says so.
var flagOf = map[string]string{
	"vcore": "--cpu: ", "ram": "--ram: ", "hdds.size": "--disk: ", "hdds": "--disk: ",
	"size": "--disk: ", "fixed_instance_size_id": "--flavor: ",
	"appliance_id": "--image: ", "datacenter_id": "--region: ", "rsa_key": "--key: ", "public_key": "--key: ", "user_data": "--user-data: ",
	"description": "--description: ", "expires": "--expires: ", "keep_ips": "--keep-ips: ", "power_on": "--off: ", "password": "--password: ",
	"name": "", "method": "--force: ",
}

// field is how a message of the API begins, or one of several in it.
var field = regexp.MustCompile(`(^|; |problems: )((?:hardware\.)?([a-z_]+)(?:\[\d+\])?((?:\.[a-z_]+)?)): `)

// inFlags says a message of the API in the words of the command line.
func inFlags(text string) string {
	var out strings.Builder
	for {
		at := field.FindStringSubmatchIndex(text)
		if at == nil {
			return out.String() + text
		}
		part := func(n int) string { return text[at[2*n]:at[2*n+1]] }
		flag, known := flagOf[part(3)+part(4)]
		out.WriteString(text[:at[3]]) // up to the field
		rest := text[at[1]:]
		if !known {
			out.WriteString(part(2) + ": ")
		} else if after, twice := strings.CutPrefix(rest, part(3)+" "); twice {
			out.WriteString(strings.TrimSuffix(flag, ": ") + " ")
			rest = after
		} else {
			out.WriteString(flag)
		}
		text = rest
	}
}
