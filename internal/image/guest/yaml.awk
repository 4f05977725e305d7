# A reader for the plain block style of YAML: maps, lists of scalars or maps, quoted scalars,
# flow lists of scalars, literal blocks. Every leaf becomes path -> value, with list indexes
# in the path ("users.0.name"). `want` says what to print in the end:
#   keys      SSH keys for root, one a line      roothash  root's password hash
#   nics      mac,method,cidrs,gateways,dns      runcmd    commands, as a shell script
#   FIELD     the value of one top-level field

function trim(s) { sub(/^[ \t]+/, "", s); sub(/[ \t\r]+$/, "", s); return s }

# scalar strips quotes and trailing comments.
function scalar(s,   q, i, c, text) {
	s = trim(s)
	q = substr(s, 1, 1)
	if (q != "\"" && q != "'") {
		sub(/[ \t]+#.*$/, "", s)
		return s
	}
	for (i = 2; i <= length(s); i++) {
		c = substr(s, i, 1)
		if (q == "\"" && c == "\\") c = substr(s, ++i, 1)              # \" is a quote
		else if (c == q && q == "'" && substr(s, i + 1, 1) == q) i++   # '' is one
		else if (c == q) break
		text = text c
	}
	return text
}

function leaf(path, value,   n, parts, i) {
	if (value ~ /^\[.*\][ \t\r]*$/) {
		sub(/^\[/, "", value)
		sub(/\][ \t\r]*$/, "", value)
		n = split(value, parts, ",")
		for (i = 1; i <= n; i++) leaf(path "." (i - 1), parts[i])
		return
	}
	count++
	paths[count] = path
	values[count] = scalar(value)
	at[path] = values[count]
}

# path of the innermost open level; levels[depth] is its indentation.
function open_at(indent) { while (depth > 0 && levels[depth] >= indent) depth-- }
function prefix() { return depth ? names[depth] "." : "" }

# line handles what stands at `indent`: "- item", "key: value" or a bare scalar.
function line(indent, text,   key, value, here) {
	if (text ~ /^-([ \t]|$)/) {
		# A list may stand at its key's own indentation.
		while (depth > 0 && (levels[depth] > indent || levels[depth] == indent && item[depth])) depth--
		here = depth ? names[depth] : ""
		depth++
		levels[depth] = indent
		item[depth] = 1
		names[depth] = (here == "" ? "" : here ".") (next_index[here] + 0)
		next_index[here]++
		value = substr(text, 2)
		match(value, /^[ \t]*/)
		indent += 1 + RLENGTH
		value = trim(value)
		if (value == "") return
		if (value ~ /^[|>][-+0-9]*$/) { block = names[depth]; block_above = levels[depth]; block_indent = -1; return }
		if (value ~ /^-([ \t]|$)/ || value ~ /^[A-Za-z0-9_-]+:([ \t]|$)/) { line(indent, value); return }
		leaf(names[depth], value)
		return
	}
	open_at(indent)
	if (!match(text, /^("[^"]*"|'[^']*'|[^ \t:"'\[{][^:]*):([ \t]|$)/)) return
	key = scalar(substr(text, 1, index(text, ":") - 1))
	if (text ~ /^"/) key = substr(text, 2, index(substr(text, 2), "\"") - 1)
	value = trim(substr(text, RSTART + RLENGTH))
	here = prefix() key
	depth++
	levels[depth] = indent
	item[depth] = 0
	names[depth] = here
	if (value ~ /^[|>][-+0-9]*$/) { block = here; block_above = indent; block_indent = -1; return }
	if (value != "" && value !~ /^#/) leaf(here, value)
}

block != "" {
	match($0, /^ */)
	if ($0 ~ /^[ \t\r]*$/ || RLENGTH > block_above) {
		if (block_indent < 0 && $0 !~ /^[ \t\r]*$/) block_indent = RLENGTH
		text = substr($0, block_indent + 1)
		sub(/\r$/, "", text)
		# In two steps: assigning to at[block] makes it exist before the test is done.
		if (block in at) text = at[block] "\n" text
		at[block] = text
		next
	}
	block = ""
}
/^[ \t\r]*(#.*)?$/ || /^---/ || /^\.\.\./ { next }
{
	match($0, /^ */)
	line(RLENGTH, substr($0, RLENGTH + 1))
}

function shell_quote(s) { gsub(/'/, "'\\''", s); return "'" s "'" }

function print_keys(   i, p) {
	for (i = 1; i <= count; i++) {
		p = paths[i]
		if (p ~ /^ssh_authorized_keys\.[0-9]+$/ || p ~ /^ssh_authorized_keys$/) print values[i]
		else if (p ~ /^users\.[0-9]+\.ssh[_-]authorized[_-]keys(\.[0-9]+)?$/) {
			split(p, part, ".")
			if (at["users." part[2] ".name"] == "root") print values[i]
		}
	}
}

function print_hash(   i, p, n, lines, colon) {
	for (i = 0; i < next_index["users"]; i++)
		if (at["users." i ".name"] == "root") {
			if (("users." i ".hashed_passwd") in at) print at["users." i ".hashed_passwd"]
			if (("users." i ".passwd") in at) print at["users." i ".passwd"]
		}
	for (i = 0; ("chpasswd.users." i ".name") in at; i++)
		if (at["chpasswd.users." i ".name"] == "root") print at["chpasswd.users." i ".password"]
	n = split(at["chpasswd.list"], lines, "\n")
	for (i = 0; ("chpasswd.list." i) in at; i++) lines[++n] = at["chpasswd.list." i]
	for (i = 1; i <= n; i++) if (trim(lines[i]) ~ /^root:\$/) print substr(trim(lines[i]), 6)
}

# joined lists path.0, path.1, ... with + between them.
function joined(path,   i, s) {
	for (i = 0; (path "." i) in at; i++) s = s (i ? "+" : "") at[path "." i]
	return s
}

function print_nics(   i, p, base, cidrs, gw, r) {
	for (i = 1; i <= count; i++) {
		p = paths[i]
		if (p !~ /ethernets\.[^.]+\.match\.macaddress$/) continue
		base = substr(p, 1, length(p) - length(".match.macaddress"))
		cidrs = joined(base ".addresses")
		gw = at[base ".gateway4"]
		if ((base ".gateway6") in at) gw = gw (gw == "" ? "" : "+") at[base ".gateway6"]
		for (r = 0; (base ".routes." r ".via") in at; r++)
			if (at[base ".routes." r ".to"] ~ /^(default|0\.0\.0\.0\/0|::\/0)$/)
				gw = gw (gw == "" ? "" : "+") at[base ".routes." r ".via"]
		print tolower(values[i]) "," (at[base ".dhcp4"] ~ /^(true|yes|on)$/ ? "dhcp" : cidrs == "" ? "none" : "static") \
			"," cidrs "," gw "," joined(base ".nameservers.addresses")
	}
}

# A runcmd item is a line for the shell, or a list of words.
function print_runcmd(   i, w, s) {
	for (i = 0; i < next_index["runcmd"]; i++) {
		if (("runcmd." i) in at) { print at["runcmd." i]; continue }
		s = ""
		for (w = 0; ("runcmd." i "." w) in at; w++) s = s (w ? " " : "") shell_quote(at["runcmd." i "." w])
		print s
	}
}

END {
	if (want == "keys") print_keys()
	else if (want == "roothash") print_hash()
	else if (want == "nics") print_nics()
	else if (want == "runcmd") print_runcmd()
	else if (want in at) print at[want]
}
