package placement

// DataSet is data that components hold, and where it may be. Places are
// jurisdictions: countries, or blocs of them.
type DataSet struct {
	Name       string     `json:"name" omit:"required" format:"id" doc:"Name components refer to it by."`
	Class      string     `json:"class" omit:"required" format:"text" doc:"Sort of data, as the policies name it, such as personal."`
	Subjects   []string   `json:"subjects" omit:"none" format:"id" doc:"Jurisdictions of the people the data is about. If omitted, rules about their protection do not apply."`
	Residency  []string   `json:"residency,omitempty" omit:"none" minItems:"1" format:"id" doc:"Where copies may be. If omitted, anywhere."`
	Processing []string   `json:"processing,omitempty" omit:"none" minItems:"1" format:"id" doc:"Where it may be processed. If omitted, anywhere."`
	Logs       []string   `json:"logs,omitempty" omit:"none" minItems:"1" format:"id" doc:"Where logs that mention it may be. If omitted, anywhere."`
	Transfer   []Transfer `json:"transfer" omit:"none" doc:"Legal tools in place for transfers."`
	Keys       *Keys      `json:"keys,omitempty" omit:"none" doc:"Who holds the encryption keys, and where."`
	Encryption string     `json:"encryption,omitempty" omit:"none" format:"text" doc:"How it is encrypted, as the policies name it, such as end-to-end."`
}

// Transfer is a legal tool that allows transfers, such as standard contractual
// clauses (SCC).
type Transfer struct {
	Tool       string   `json:"tool" omit:"required" format:"text" doc:"Name of the tool, such as SCC."`
	To         string   `json:"to" omit:"required" format:"id" doc:"Country or bloc it allows transfers to."`
	Since      string   `json:"since,omitempty" omit:"none" format:"date" doc:"First day on which it is in force. If omitted, it always was."`
	Until      string   `json:"until,omitempty" omit:"none" format:"date" doc:"First day on which it is no longer in force. If omitted, it has no end."`
	Assessment string   `json:"assessment,omitempty" omit:"none" format:"date" doc:"Day of the transfer impact assessment that is on file. If omitted, there is none."`
	Measures   []string `json:"measures,omitempty" omit:"none" format:"text" doc:"Supplementary measures that are in place, as the policies name them, such as pseudonymised."`
}

// Keys says who can decrypt.
type Keys struct {
	Custodian string `json:"custodian,omitempty" omit:"unknown" format:"text" doc:"Who holds the keys, such as customer or provider."`
	Location  string `json:"location,omitempty" omit:"unknown" format:"id" doc:"Jurisdiction they are held in."`
}
