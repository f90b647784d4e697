/** Vite includes the minified style as text. */
declare module "*.css?inline" {
  const text: string;
  export default text;
}
