/** What a cell holds. */
export enum State {
  /** A value. */
  Value,
  /** Known not to apply, or left out of the request. */
  Absent,
  /** The fact exists, and the image does not have it. A guest that needs it must say so: silence is a permit. */
  Unknown,
}

/** The types of columns, by their numbers in the image format. */
export enum Type {
  String = 1,
  Uint8,
  Int32,
  Int64,
  Float64,
  Bool,
  Ref,
  Relation,
  List,
  Bits,
  Matrix,
}

/** The name of a type, or an empty text for one of a later version of the format. */
export function typeName(type: i32): string {
  switch (type) {
    case Type.String: return "string";
    case Type.Uint8: return "uint8";
    case Type.Int32: return "int32";
    case Type.Int64: return "int64";
    case Type.Float64: return "float64";
    case Type.Bool: return "bool";
    case Type.Ref: return "ref";
    case Type.Relation: return "relation";
    case Type.List: return "list";
    case Type.Bits: return "bits";
    case Type.Matrix: return "matrix";
  }
  return "";
}
