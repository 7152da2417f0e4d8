/* Small words by language, lower case, about forty each: articles, pronouns,
 * prepositions, conjunctions, auxiliary verbs. A word may be of several languages. Some
 * languages without a stemmer are here so that they are not taken for a neighbour.
 * A text between definitions: included by language.c. */
{ "en", "the of and to in is that it for was with as be by on not he are this at from but his they"
        " have an which or we you had were been their has would there what will if can all her she"
        " when who them some so than more other into its our these only may any such" },
{ "de", "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an"
        " werden aus er hat dass sie nach wird bei einer um am sind noch wie einem über einen so zum"
        " war haben nur oder aber vor zur bis mehr durch man sein wurde wenn ich wir kann" },
{ "fr", "de la le et les des en un du une que est pour qui dans par plus pas au sur ne se il sont"
        " avec ce aux ou son mais comme cette été elle ont ses leur sa être nous deux ces était fait"
        " lui vous même tout dont sans peut on je entre après aussi avait" },
{ "es", "de la que el en y los del se las por un para con no una su al lo como más pero sus le ya o"
        " este sí porque esta entre cuando muy sin sobre también me hasta hay donde quien desde todo"
        " nos durante uno ni contra otros fue ese eso había ante ellos son es ha era" },
{ "it", "di e il la che in un a per è una sono con non del si da le dei i al della nel come più anche"
        " ma gli delle alla lo ha o se su ci dal nella questo tra essere stato loro due ed i degli"
        " quando dopo così questa suo fu stata chi ogni molto era" },
{ "pt", "de a o que e do da em um para é com não uma os no se na por mais as dos como mas foi ao ele"
        " das tem à seu sua ou ser quando muito há nos já está eu também só pelo pela até isso ela"
        " entre era depois sem mesmo aos ter seus quem nas me esse eles são" },
{ "nl", "de het een en van in is dat op te zijn met voor niet aan er om ook als dan maar bij of uit"
        " nog worden door naar heeft tot ze wordt die hij werd was over hebben deze kan ik je wat"
        " haar geen meer zich onder tegen veel zou waar mijn men dit" },
{ "sv", "och att det i en som är på för av med till den inte om ett han de var från men så har hade"
        " vid kan sig när också hon eller mycket efter upp bli mot sina nu där blev under ut över"
        " denna vi jag man detta alla skulle mellan" },
{ "da", "og i at det en er som på til af den med for de der ikke et han har var fra jeg om men kan"
        " sig hun eller efter også meget blev være når hvor op ud over under mod vil nu skal mellem"
        " sin denne dette blive havde hvis noget" },
{ "no", "og i det er som på en til av for at med de ikke den han har et om var fra jeg men kan seg"
        " hun eller etter også mye ble være når hvor opp ut over under mot vil nå skal mellom sin"
        " denne dette bli hadde hvis noe ikkje eit frå eg vart" },
{ "fi", "ja on ei että se oli joka hän ovat mutta kun myös niin kuin olla ole sekä mukaan tai jos"
        " jonka sen vain hänen ollut mitä voi sitä jo nyt kanssa vielä ennen jossa jotka tämä näin"
        " kaikki ne mikä tämän siitä koska" },
{ "hu", "a az és hogy nem egy is ez volt meg de van mint csak már el ki még ha azt vagy lesz aki"
        " minden kell fel nagyon ezt után lehet sem voltak között amely amikor ezek által szerint"
        " mert nincs úgy így illetve" },
{ "ro", "de și în a la cu pe din că o un este nu pentru care mai se sunt ca sau lui au prin fi dar"
        " al ale ce cel după fost lor iar dintre până când acest această între său avea era despre"
        " fără foarte numai" },
{ "ca", "de la i el que en les a els un per del amb una és no es al com més va dels seu són o però"
        " seva aquest també ha aquesta entre sobre fins molt quan ser seus han sense on tot després"
        " pel als tenen" },
{ "eu", "eta da ez zen du bat dira ere baina izan zuen egin dute ziren hau baino edo honek hori beste"
        " horrek egiten behar dela bere den diren zuten arte gabe oso dago izango bezala" },
{ "lt", "ir yra kad į iš su ne buvo tai kaip o bet apie už nuo per prie jis jo ar dėl tik jau jos"
        " taip pat po arba turi gali dar kuris kuri buvo jie labai" },
{ "ga", "an na agus ar is le i go do tá bhí as sé ag sa den leis don nó de ach bhfuil atá ó ní raibh"
        " mar chun seo sin gur faoi siad idir freisin" },
{ "id", "yang dan di dari untuk dengan pada adalah ini itu dalam tidak ke oleh sebagai atau juga akan"
        " tersebut dapat telah karena mereka ada bahwa ia lebih saya kita bisa tetapi sebuah secara" },
{ "tr", "ve bir bu da de için ile olarak çok daha gibi olan en kadar ancak ne olduğu o var ama sonra"
        " her değil tarafından veya ki mi ya göre oldu ise hem etmek kendi bütün" },
{ "af", "die van en in het is dat nie vir met op 'n te was hy wat om sy aan as by word sal ook deur"
        " maar kan uit hulle na tot ons meer" },
{ "pl", "i w na z się do nie jest to że o jak przez od po za ale dla oraz są czy był jego które który"
        " także może tym być ze lub tego jako roku" },
{ "cs", "a v je se na že do z to o jako s pro by ve jsou ale byl jeho od po za který která při které"
        " nebo také jeho podle aby ze není být bylo" },
{ "sk", "a v je sa na že do z to o ako s pre by vo sú ale bol jeho od po za ktorý ktorá pri ktoré"
        " alebo tiež podľa aby zo nie byť bolo" },
{ "sl", "in je v na da se za so z ki ne po pa bil od kot tudi s iz ter bi ali pri do ni bila več"
        " njegov lahko ko" },
{ "hr", "i u je na se da za su od a s koji iz o kao bio sam ne što ili te po koja bi nije kako do biti"
        " njegov također koje samo" },
{ "et", "ja on ei et see oli ka kui mis ning oma ta või aga nii selle kes siis veel ma seda üks mida"
        " olid oleks välja pärast" },
{ "lv", "un ir ar no uz kas par bija tika ka kā arī pēc lai gadā bet vai viņš tas tā ko šis tiek ne"
        " pie līdz savu" },
{ "vi", "và của là có trong được các cho một không với người đã này để những từ năm khi đến về như"
        " tại ra cũng theo vào" },
{ "is", "og að í á er sem var til um við af með en það ekki hann fyrir frá eru því hún einnig eða"
        " þess þar voru sig" },
{ "la", "et in est non ad ut cum quod qui sed si ex ab quae per sunt esse etiam de nec atque ac aut"
        " enim quam eius" },
{ "ru", "и в не на что с он как это по но из у за от же к для то так был его все она или бы мы только"
        " также были до было при о которые их если быть который после может" },
{ "uk", "і в не на що з та у як він це до за від для його по але або був є й про які із при бути"
        " також була були їх вони під який після може" },
{ "be", "і ў не на што з у як да за ад для яго па але або быў гэта ён па пры таксама была былі"
        " яны пад які пасля" },
{ "bg", "и в на да се от за с е не по са като си това през но или който които към до той бил която"
        " след беше има също при във със му" },
{ "sr", "и у је на се да за су од а са који из о као био не што или те по која би није како до бити"
        " његов такође i u je na se da su od sa koji iz kao bio ne što ili koja bi nije kako" },
{ "mk", "и во на да се од за со е не по ќе како што но или кој која кои до тој бил исто според овој"
        " беше има при" },
{ "el", "και το η ο της του να των που με για την στο τα από οι τον στην είναι ένα δεν" },
{ "hi", "के में है की और से का को हैं पर एक यह ने कि इस था भी लिए तक या नहीं जो हो गया करने कर अपने" },
{ "ne", "र को मा छ यो पनि हो गर्न एक भएको छन् थियो लाई बाट गरेको ले हुन्छ तथा यस भने" },
{ "mr", "आहे आणि या च्या व हे तो ही एक आहेत असे होते मध्ये होता नाही तर ते केले येथे" },
{ "ar", "في من على إلى أن التي عن مع هذا كان الذي هذه ما لا بعد ذلك كما بين أو قد وقد كانت حيث"
        " عند غير كل قبل" },
{ "fa", "و در به از که این را با است برای آن یک می تا بر شده بود خود های هم شد نیز کرد" },
{ "ur", "کے میں ہے کی اور سے کا کو ہیں پر ایک یہ نے کہ اس تھا بھی لیے تک یا نہیں جو ہو گیا کر" },
{ "he", "של את על לא הוא זה עם כי גם היה או היא אל כל בין אך אשר לאחר יש" },
{ "yi", "פון און די איז אין דער אַז צו מיט האָט זיך ער אויף וואָס נישט זענען" },
