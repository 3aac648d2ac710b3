import { pathParts } from './words.js';

/** An item's name, its folder beside it and less loud. */
export function DocumentName({ item }: { readonly item: string }) {
  const { folder, name } = pathParts(item);
  return (
    <span class="name" title={item}>
      <span class="folder">{folder}</span>
      <span class="file">{name}</span>
    </span>
  );
}
