/** Files that are bundled as texts. */
declare module "*.mtl" {
  const text: string;
  export default text;
}
