/** Settings as a source gives them, unchecked: section → name → value. */
export type Settings = Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;
