/** Sorts by a column when its heading is pressed, and hides rows that do not hold what is looked for. */
export const script = `
const table=document.getElementById("clusters"),body=table.tBodies[0],find=document.getElementById("find"),shown=document.getElementById("shown");
const rows=[...body.rows];
const key=(row,at)=>{const cell=row.cells[at];return cell.dataset.by===undefined?cell.textContent:Number(cell.dataset.by)};
table.tHead.addEventListener("click",event=>{
const head=event.target.closest("th");if(head===null)return;
const up=head.getAttribute("aria-sort")!=="ascending",at=head.cellIndex;
for(const each of table.tHead.rows[0].cells)each.removeAttribute("aria-sort");
head.setAttribute("aria-sort",up?"ascending":"descending");
const words=new Intl.Collator(undefined,{numeric:true});
rows.sort((a,b)=>{const[x,y]=[key(a,at),key(b,at)];return(up?1:-1)*(typeof x==="number"?x-y:words.compare(x,y))});
body.append(...rows)});
const texts=rows.map(row=>row.textContent.toLowerCase());
const all=new Map(rows.map((row,index)=>[row,texts[index]]));
find.addEventListener("input",()=>{
const wanted=find.value.toLowerCase();let count=0;
for(const[row,text]of all){row.hidden=!text.includes(wanted);if(!row.hidden)count+=1}
shown.textContent=count+" of "+rows.length+" clusters"});
`;

export const style = `
:root{--back:#fff;--text:#1b1f24;--dim:#59636e;--line:#d8dee4;--ok:#1a7f37;--look:#8a5a00;--wrong:#c21f2a}
@media (prefers-color-scheme:dark){:root{--back:#0d1117;--text:#e6edf3;--dim:#9aa4af;--line:#30363d;--ok:#4ac26b;--look:#d8a33a;--wrong:#ff7b72}}
*{box-sizing:border-box}
body{margin:0;padding:1.5rem;background:var(--back);color:var(--text);font:14px/1.45 system-ui,-apple-system,"Segoe UI",sans-serif}
h1{font-size:1.4rem;margin:0}h2{font-size:1.1rem}header p{color:var(--dim)}p{margin:.2rem 0}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%}
td,th{padding:.25rem .75rem .25rem 0;text-align:left;vertical-align:top;border-top:1px solid var(--line);overflow-wrap:anywhere}
thead th{position:sticky;top:0;background:var(--back);border:0;white-space:nowrap}
thead button{font:inherit;font-weight:600;color:inherit;background:none;border:0;padding:.2rem 0;cursor:pointer}
th[aria-sort=ascending] button::after{content:" \\2191"}th[aria-sort=descending] button::after{content:" \\2193"}
#clusters tbody td:nth-child(2){font-weight:600;white-space:nowrap;color:var(--ok)}
#clusters .failed td:nth-child(2){color:var(--wrong)}
#clusters .skipped td:nth-child(2),#clusters .not-well td:nth-child(2),#clusters .would-change td:nth-child(2){color:var(--look)}
input{font:inherit;padding:.2rem .4rem;min-width:16rem}
`;
