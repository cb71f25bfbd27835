/** A chosen file as the server wants it. */
export const LARGEST = 18_000_000;
export interface ChosenFile { fileName: string; content: string; size: number }

/** The bytes in base64. A FileReader does it without a string of 18 million characters being built piece by piece. */
export const readFile = (file: File): Promise<ChosenFile> => new Promise((resolve, reject) => {
  const reader = new FileReader();
  reader.addEventListener('error', () => reject(new Error('unreadable')));
  reader.addEventListener('load', () => { const url = String(reader.result); resolve({ fileName: file.name, content: url.slice(url.indexOf(',') + 1), size: file.size }); });
  reader.readAsDataURL(file);
});
export const isWanted = (name: string) => /\.(vcf|vcard|csv|txt|tsv)$/i.test(name);
