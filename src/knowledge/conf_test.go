package knowledge_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"riskreplay/src/conf"
	"riskreplay/src/eval"
	"riskreplay/src/event"
	"riskreplay/src/knowledge"
)

// TestFieldsByConfiguration gives an app's files, an event, and the fields it
// must have: "name=value", values of a multivalue joined by "|", "name=" is none.
func TestFieldsByConfiguration(t *testing.T) {
	for _, c := range []struct {
		name, props, transforms, raw string
		want                         []string
	}{
		{"extract", "[st]\nEXTRACT-a = user (?<who>\\w+)", "", "user kim x", []string{"who=kim"}},
		{"extract in a field", "[st]\nEXTRACT-a = (?<last>[^.]+)$ in host", "", "x", []string{"last=example"}},
		{"extract a key and a value", "[st]\nKV_MODE=none\nEXTRACT-a = (?<_KEY_1>\\w+):(?<_VAL_1>\\w+)", "", "a:1 b:2", []string{"a=1", "b=2"}},
		{"the first class counts", "[st]\nEXTRACT-b = (?<f>b)\nEXTRACT-a = (?<f>a)", "", "b a", []string{"f=a"}},
		{"an extraction before KV_MODE", "[st]\nEXTRACT-a = (?<user>k)", "", "user=kim", []string{"user=k"}},
		{"back references and look-around", "[st]\nEXTRACT-a = <(\\w+)>(?<v>[^<]*)</\\1>(?=!)", "", "<a>1</b> <c>2</c>!", []string{"v=2"}},
		{"report, every match of a named value once", "[st]\nREPORT-a = t", "[t]\nREGEX = u:(\\w)\nFORMAT = u::$1", "u:1 u:2", []string{"u=1"}},
		{"report with MV_ADD", "[st]\nREPORT-a = t", "[t]\nREGEX = u:(\\w)\nFORMAT = u::$1\nMV_ADD = true", "u:1 u:2", []string{"u=1|2"}},
		{"report of names out of the text", "[st]\nREPORT-a = t", "[t]\nREGEX = ([\\w.-]+):(\\w*)\nFORMAT = $1::$2", "a.b:1 2c:2 d:", []string{"a_b=1", "c=2", "d="}},
		{"names stay with CLEAN_KEYS off, empty values with KEEP_EMPTY_VALS", "[st]\nREPORT-a = t", "[t]\nREGEX = ([\\w.-]+):(\\w*)\nFORMAT = $1::$2\nCLEAN_KEYS = false\nKEEP_EMPTY_VALS = true", "a.b:1 d:", []string{"a.b=1"}},
		{"a format of several fields and groups", "[st]\nREPORT-a = t", "[t]\nREGEX = (\\w)-(\\w)\nFORMAT = one::$1 both::$1.$2 fixed::x", "p-q", []string{"one=p", "both=p.q", "fixed=x"}},
		{"a format with values in quotes", "[st]\nREPORT-a = t", "[t]\nREGEX = (\\w)-(\\w)\nFORMAT = one::\"$1\" both::\"$1 and $2\"", "p-q", []string{"one=p", "both=p and q"}},
		{"a report reads what one before it made", "[st]\nREPORT-a = t, u", "[t]\nREGEX = \\[(?<inner>.*)\\]\n[u]\nSOURCE_KEY = inner\nREGEX = (?<deep>\\d+)", "1 [x 2]", []string{"inner=x 2", "deep=2"}},
		{"a report of an add-on for Windows XML", "[st]\nKV_MODE = none\nREPORT-0 = b, s, d", "[b]\nREGEX = (?ms)<System>(.*?)<\\/System>\nFORMAT = System_Props_Xml::$1\n[s]\nSOURCE_KEY = System_Props_Xml\nREGEX = (?ms)<(\\w*)>([^<]*)<\\/\\1>\nFORMAT = $1::$2\nMV_ADD = 1\n[d]\nREGEX = <(?:\\w+)\\sName='([^>]*)'\\/?>([^<]*)(?:<\\/\\1>)?\nFORMAT = $1::$2\nMV_ADD = 1", "<Event><System><EventID>1</EventID><Level>4</Level></System><EventData><Data Name='Image'>a&amp;b</Data><Data Name='X'>1</Data><Data Name='X'>2</Data></EventData></Event>", []string{"EventID=1", "Level=4", "Image=a&amp;b", "X=1|2"}},
		{"delimiters", "[st]\nKV_MODE=none\nREPORT-a = t", "[t]\nDELIMS = \"|;\", \"=:\"", `a=1|b:2;c="x|y"|d`, []string{"a=1", "b=2", "c=x|y", "d="}},
		{"delimiters and names", "[st]\nKV_MODE=none\nREPORT-a = t", "[t]\nDELIMS = \",\"\nFIELDS = one, \"two\", three", `1,"2,x",3,4`, []string{"one=1", "two=2,x", "three=3"}},

		{"an alias", "[st]\nFIELDALIAS-a = user AS who user AS also", "", "user=kim", []string{"who=kim", "also=kim", "user=kim"}},
		{"an alias of nothing takes the field away", "[st]\nFIELDALIAS-a = uid AS user", "", "user=kim", []string{"user="}},
		{"ASNEW leaves it", "[st]\nFIELDALIAS-a = uid ASNEW user", "", "user=kim uid=7", []string{"user=kim"}},
		{"ASNEW makes it", "[st]\nFIELDALIAS-a = uid ASNEW user", "", "uid=7", []string{"user=7"}},
		{"aliases all at once", "[st]\nFIELDALIAS-a = a AS b b AS c", "", "a=1 b=2", []string{"b=1", "c=2"}},

		{"a calculation", "[st]\nEVAL-up = upper(user).\"!\"", "", "user=kim", []string{"up=KIM!"}},
		{"calculations all at once, after aliases", "[st]\nFIELDALIAS-x = a AS b\nEVAL-b = b.\"1\"\nEVAL-c = b", "", "a=x", []string{"b=x1", "c=x"}},
		{"a calculation of null takes the field away", "[st]\nEVAL-user = null()", "", "user=kim", []string{"user="}},
		{"a case takes branches apart", "[st]\nEVAL-x = case(n=1, a, n=2, b, m=1, c, 1=1, \"d\")", "", "n=2 a=A b=B c=C m=1", []string{"x=B"}},
		{"a case goes on when a condition is null", "[st]\nEVAL-x = case(n=1, a, m=1, c, 1=1, \"d\")", "", "c=C m=1", []string{"x=C"}},
		{"a case without a branch", "[st]\nEVAL-x = case(n=1, a, n=2, b)", "", "n=3 a=A", []string{"x="}},
		{"an if of fields", "[st]\nEVAL-x = if(n>1, a, b)", "", "n=1 a=A b=B", []string{"x=B"}},
		{"the first that is there", "[st]\nEVAL-x = coalesce(a, if(n=1, b, null()), c, \"d\")", "", "n=2 b=B c=C", []string{"x=C"}},

		{"[default] below all", "[default]\nEVAL-x = \"default\"\nEVAL-y = \"default\"\n[st]\nEVAL-y = \"st\"", "", "", []string{"x=default", "y=st"}},
		{"source before host before sourcetype", "[source::/var/log/a.log]\nEVAL-x = \"source\"\n[host::pc*]\nEVAL-x = \"host\"\nEVAL-y = \"host\"\n[st]\nEVAL-x = \"st\"\nEVAL-y = \"st\"\nEVAL-z = \"st\"", "", "", []string{"x=source", "y=host", "z=st"}},
		{"a source pattern stops at a slash", "[source::/var/*.log]\nEVAL-x = \"short\"\n[source::/var/.../*.log]\nEVAL-y = \"long\"\n[source::...a.lo?]\nEVAL-z = \"mark\"", "", "", []string{"x=", "y=long", "z="}},
		{"alternatives of sources", "[source::.../(a|b).log]\nEVAL-x = \"yes\"", "", "", []string{"x=yes"}},
		{"a literal source before a pattern", "[source::/var/log/a.log]\nEVAL-x = \"literal\"\n[source::...]\nEVAL-x = \"pattern\"", "", "", []string{"x=literal"}},
		{"priority decides", "[source::/var/log/a.log]\nEVAL-x = \"literal\"\n[source::...]\npriority = 200\nEVAL-x = \"pattern\"", "", "", []string{"x=pattern"}},
		{"a sourcetype without regard to case", "[ST]\nEVAL-x = \"upper\"", "", "", []string{"x=upper"}},
		{"the sourcetype written alike first", "[ST]\nEVAL-x = \"upper\"\n[st]\nEVAL-x = \"lower\"", "", "", []string{"x=lower"}},
		{"a sourcetype by pattern", "[(?::){0}s*]\nEVAL-x = \"some\"", "", "", []string{"x=some"}},
		{"a sourcetype renamed", "[st]\nrename = other\nEVAL-x = \"st\"\n[other]\nEVAL-y = \"other\"", "", "", []string{"x=", "y=other", "sourcetype=other"}},
		{"an empty [default] class", "[default]\nKV_MODE = none\n[st]\nEVAL-x = user", "", "user=kim", []string{"x=", "user="}},

		{"pairs", "", "", `a=1,b="two words";c=3|d=x=y e = 5 f="q\"r" _g=7 h.i=8 j=`, []string{"a=1", "b=two words", "c=3", "f=q\\", "g=7", "h_i=8", "j=", "d=x=y"}},
		{"pairs with escapes", "[st]\nKV_MODE = auto_escaped", "", `f="q\"r" g="a\\b"`, []string{`f=q"r`, `g=a\b`}},
		{"the first of a pair's values", "", "", "a=1 a=2", []string{"a=1"}},
		{"json", "", "", ` {"a":{"b":1.50,"c":null},"d":[1,"x"],"e":[{"f":true},{"f":false}],"g":"","h.i":"\u00e9","a":{"b":2}} `, []string{"a.b=1.50|2", "a.c=null", "d{}=1|x", "e{}.f=true|false", "h.i=é"}},
		{"a json array", "", "", `[{"a":1},{"a":2}]`, []string{"{}.a=1|2"}},
		{"what is not quite json is pairs", "", "", `{"a":1} b=2`, []string{"a=", "b=2"}},
		{"json alone", "[st]\nKV_MODE = json", "", "a=1", []string{"a="}},
		{"xml", "[st]\nKV_MODE = xml", "", "<r><a>1</a><b x='1'>2</b><a>3</a><c/></r>", []string{"a=1|3", "b=2", "r="}},
		{"nothing", "[st]\nKV_MODE = none", "", "a=1", []string{"a="}},
		{"pairs without json", "[st]\nAUTO_KV_JSON = false", "", `{"a": 1}`, []string{"a="}},
		{"json that is indexed", "[st]\nKV_MODE = none\nINDEXED_EXTRACTIONS = json\nEXTRACT-b = (?<b>1) in a", "", `{"a": 1}`, []string{"a=1", "b=1"}},
		{"a source key of metadata", "[st]\nREPORT-a = t, u", "[t]\nSOURCE_KEY = MetaData:Source\nREGEX = log/(?<file>.*)\n[u]\nSOURCE_KEY = field:file\nREGEX = (?<stem>\\w+)", "x", []string{"file=a.log", "stem=a"}},
		{"stash", "[st]\nKV_MODE = stash", "", `1768000000, search_name="My, rule", a.b="x=\"1\"\\", risk="5", risk="6", bare=7, empty=""`, []string{"search_name=My, rule", `a.b=x="1"\\`, "risk=5|6", "bare=7", "empty="}},
		{"backslashes of a stash", "[st]\nKV_MODE = stash", "", `1, dir="C:\a\", share="\\pc\b", mixed="x=\"C:\d\\" y, k=\"v\"", two words="q", mv="v1", mv="v2\", last="\"D:\"`, []string{`dir=C:\a\`, `share=\\pc\b`, `mixed=x="C:\d\" y, k="v"`, "two words=q", `mv=v1|v2\`, `last="D:\`}},
		{"quotes of a stash that never close", "[st]\nKV_MODE = stash", "", `1, a="b`, []string{"a=b"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			base := load(t, app("a", "default/props.conf", c.props, "default/transforms.conf", c.transforms))
			e := event.Event{Raw: []byte(c.raw), Source: "/var/log/a.log", Sourcetype: "st", Host: "pc1.example", Index: "main"}
			all := fieldsOf(base, e)
			for _, w := range c.want {
				name, value, _ := strings.Cut(w, "=")
				require.Equal(t, value, all[name], name)
				alone := base.Fields([]string{name}).View(eventsOf(e), &knowledge.Cache{})
				require.Equal(t, value, row(alone.Batch(alone.Rows()), 0)[name], "%s asked for alone", name)
			}
		})
	}
}

func TestAutomaticLookups(t *testing.T) {
	files := []string{
		"default/transforms.conf", "[assets]\nfilename = a.csv\nmatch_type = WILDCARD(name)\ncase_sensitive_match = false\n",
		"lookups/a.csv", "name,owner,zone,note\npc1*,kim,z1,\npc2,ann,z2,n\npc1.example,bob,z3,n\n",
	}
	for _, c := range []struct {
		setting, raw string
		want         []string
	}{
		{"assets name AS host OUTPUT owner AS who", "x", []string{"who=kim|bob"}},
		{"assets name AS host OUTPUT owner", "owner=me", []string{"owner=kim|bob"}},
		{"assets name AS host OUTPUTNEW owner zone", "owner=me", []string{"owner=me", "zone=z1|z3"}},
		{"assets name AS host", "x", []string{"owner=kim|bob", "zone=z1|z3", "note=n", "name="}},
		{"assets name AS dest OUTPUT owner", "owner=me dest=PC2", []string{"owner=ann"}},
		{"assets name AS dest OUTPUT owner", "owner=me dest=pc3", []string{"owner=me"}},
		{"assets name AS dest OUTPUT owner", "owner=me", []string{"owner=me"}},
		{"a.csv name AS dest, zone OUTPUT owner AS o", "dest=pc2 zone=z2", []string{"o=ann"}},
		{"a.csv name AS dest zone OUTPUT owner AS o", "dest=pc2 zone=z1", []string{"o="}},
	} {
		base := load(t, app("a", append(files, "default/props.conf", "[st]\nLOOKUP-a = "+c.setting)...))
		got := fieldsOf(base, event.Event{Raw: []byte(c.raw), Sourcetype: "st", Host: "pc1.example"})
		for _, w := range c.want {
			name, value, _ := strings.Cut(w, "=")
			require.Equal(t, value, got[name], "%s: %s", c.setting, name)
		}
	}
}

func TestEventTypesAndTags(t *testing.T) {
	base := load(t, app("a",
		"default/eventtypes.conf", "[login]\nsearch = action=login\n[bad login]\nsearch = eventtype=login `failed`\n[off]\nsearch = *\ndisabled = 1\n[tagged]\nsearch = tag=auth status=*",
		"default/macros.conf", "[failed]\ndefinition = status=failure",
		"default/tags.conf", "[eventtype=login]\nauth = enabled\nno = disabled\n[eventtype=bad%20login]\nfailed = enabled\n[user=KIM]\nprivileged = enabled\nauth = enabled",
	))
	got := fieldsOf(base, event.Event{Raw: []byte("action=LOGIN status=failure user=kim"), Sourcetype: "st"})
	require.Equal(t, "bad login|login|tagged", got["eventtype"])
	require.Equal(t, "auth|failed|privileged", got["tag"])
	v := base.Fields([]string{"tag::user", "tag::eventtype", "tag::host"}).View(eventsOf(event.Event{Raw: []byte("action=login user=kim"), Sourcetype: "st"}), &knowledge.Cache{})
	require.Equal(t, map[string]string{"tag::user": "auth|privileged", "tag::eventtype": "auth"}, row(v.Batch(v.Rows()), 0))
	require.True(t, base.EventType("bad login"))
	require.False(t, base.EventType("off"))
	require.Contains(t, base.EventTypes(), "login")
}

// TestProblems gives an app with one thing wrong, and what is said about it; what
// stands beside it must work.
func TestProblems(t *testing.T) {
	for _, c := range []struct{ file, content, want string }{
		{"props.conf", "[st]\nEXTRACT-a = (?<x>", `a/default/props.conf:2:13: cannot compile regex "(?<x>": missing ")"`},
		{"props.conf", "[st]\nEXTRACT-a = x", `a/default/props.conf:2:13: the regular expression does not extract anything`},
		{"props.conf", "[st]\nREPORT-a = nosuch", `a/default/props.conf:2:12: unknown transform "nosuch"`},
		{"props.conf", "[st]\nFIELDALIAS-a = x y z", `a/default/props.conf:2:16: expected AS or ASNEW, found "y"`},
		{"props.conf", "[st]\nFIELDALIAS-a = x AS", `a/default/props.conf:2:16: cannot read the alias "x AS"`},
		{"props.conf", "[st]\nEVAL-a = uper(x)", `a/default/props.conf:2:10: The 'uper' function`},
		{"props.conf", "[st]\nEVAL-a = if(", `a/default/props.conf:2:13: expected`},
		{"props.conf", "[st]\nKV_MODE = guess", `a/default/props.conf:2:11: unknown KV_MODE "guess"`},
		{"props.conf", "[st]\nLOOKUP-a = nosuch x", `a/default/props.conf:2:12: unknown lookup table "nosuch"`},
		{"props.conf", "[st]\nLOOKUP-a = crowdstrike_aids nosuch", `a/default/props.conf:2:12: lookup table "crowdstrike_aids" has no column "nosuch"`},
		{"props.conf", "[st]\nKV_MODE = multi", `a/default/props.conf:2:11: KV_MODE = multi is not supported`},
		{"props.conf", "[st]\nINDEXED_EXTRACTIONS = csv", `INDEXED_EXTRACTIONS = csv is not supported`},
		{"props.conf", "[st]\nSEDCMD-a = s/x/", `a/default/props.conf:2:12: cannot read the sed expression`},
		{"props.conf", "[st]\nTRANSFORMS-a = nosuch", `a/default/props.conf:2:16: unknown transform "nosuch"`},
		{"props.conf", "[st", `a/default/props.conf:1:1: `},
		{"eventtypes.conf", "[t]\nsearch = a=(", `a/default/eventtypes.conf:2:`},
		{"eventtypes.conf", "[t]\nsearch = eventtype=t", `a/default/eventtypes.conf:2:10: cannot use event type "t": it refers to itself: t -> t`},
		{"eventtypes.conf", "[t]\nsearch = eventtype=u\n[u]\nsearch = eventtype=t", `cannot use event type "t": it refers to itself: t -> u -> t`},
		{"eventtypes.conf", "[t]\nsearch = `nosuch`", "unknown macro `nosuch`"},
		{"eventtypes.conf", "[t]\nsearch = a=1 | stats count\npriority = 1", `a/default/eventtypes.conf:2:14: expected the end of the condition, found the next pipe`},
		{"eventtypes.conf", "[t]\nx = y", `event type "t" has no search`},
		{"tags.conf", "[t]\nx = enabled", `cannot read the tags of "t"`},
		{"macros.conf", "[m(1)]\ndefinition = x", `macro "m(1)" names 0 arguments`},
		{"macros.conf", "[m(x)]\ndefinition = x", `cannot read the macro's name "m(x)"`},
		{"macros.conf", "[m]\nargs =", `macro "m" has no definition`},
		{"data/models/M.json", `{"modelName":`, "a/default/data/models/M.json: cannot read the data model"},
		{"transforms.conf", "[t]\nREGEX = (", "a/default/transforms.conf:2:9: cannot compile regex"},
		{"transforms.conf", "[t]\nREGEX = (x)\nFORMAT = x", `cannot read "x" in FORMAT`},
		{"transforms.conf", "[t]\nDELIMS = x", "cannot read DELIMS x"},
		{"transforms.conf", "[t]\nx = y", `transform "t" has neither REGEX nor DELIMS`},
	} {
		files := []string{"default/" + c.file, c.content}
		if c.file == "transforms.conf" {
			files = append(files, "default/props.conf", "[st]\nREPORT-a = t")
		}
		base, problems := knowledge.Load([]conf.App{app("a", files...), app("b", "default/props.conf", "[other]\nEVAL-good = \"yes\"")}, "", eval.Env{})
		require.NotEmpty(t, problems, c.content)
		require.Contains(t, problems.Error(), c.want, c.content)
		require.Equal(t, "yes", fieldsOf(base, event.Event{Sourcetype: "other"})["good"], c.content)
	}
}

func TestHashFollowsWhatDecidesFields(t *testing.T) {
	hash := func(env eval.Env, files ...string) [32]byte {
		base, _ := knowledge.Load([]conf.App{app("a", files...)}, "", env)
		return base.Hash()
	}
	plain := hash(eval.Env{}, "default/props.conf", "[st]\nEVAL-a = 1")
	require.Equal(t, plain, hash(eval.Env{Now: 5}, "default/props.conf", "[st]\nEVAL-a = 1"), "nobody asks for the moment")
	require.Equal(t, plain, hash(eval.Env{}, "default/props.conf", "[st]\nEVAL-a = 1", "default/savedsearches.conf", "[x]"))
	zone := time.FixedZone("X", 3600)
	for name, other := range map[string][32]byte{
		"a setting":  hash(eval.Env{}, "default/props.conf", "[st]\nEVAL-a = 2"),
		"its folder": hash(eval.Env{}, "local/props.conf", "[st]\nEVAL-a = 1"),
		"a table":    hash(eval.Env{}, "default/props.conf", "[st]\nEVAL-a = 1", "lookups/x.csv", "a"),
		"a zone":     hash(eval.Env{Zone: zone}, "default/props.conf", "[st]\nEVAL-a = 1"),
		"a rule":     hash(eval.Env{Rules: eval.Rules{PlainPrecision: true}}, "default/props.conf", "[st]\nEVAL-a = 1"),
	} {
		require.NotEqual(t, plain, other, name)
	}
	moving := []string{"default/props.conf", "[st]\nEVAL-a = Now()"}
	require.NotEqual(t, hash(eval.Env{Now: 1}, moving...), hash(eval.Env{Now: 2}, moving...))
}

func TestMacros(t *testing.T) {
	base := load(t, app("a", "default/macros.conf", "[m(2)]\nargs = x, y\ndefinition = $x$ $y$\nvalidation = isnum(x)\nerrormsg = no"))
	m, ok := base.Macro("m", 2)
	require.True(t, ok)
	require.Equal(t, []string{"x", "y"}, m.Args)
	require.Equal(t, "no", m.ErrorMsg)
	require.NotNil(t, m.Text)
	_, ok = base.Macro("m", 1)
	require.False(t, ok)
	require.Contains(t, base.Macros(), "m(2)")
	require.Contains(t, base.Macros(), "drop_dm_object_name(1)")
}
